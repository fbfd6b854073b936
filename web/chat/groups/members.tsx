/** Who is in a group, what they may do, and adding people. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { failureText, session } from '../../app/session.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Menu, type MenuItem } from '../../parts/menu.tsx';
import { Name, nameText } from '../../parts/name.tsx';
import { listed } from '../../parts/pages.ts';
import { t } from '../../text/text.ts';
import { act, inChannel, ofMember } from '../acting.ts';
import type { Named } from '../names.ts';
import { isAdmin, type ChannelFacts, type Opened } from '../open-channel.ts';
import { say } from '../said.ts';
import { PeoplePicker } from './people-picker.tsx';

type Member = Named & { readonly role?: ChannelFacts['role'] };
type Confirm = { readonly kind: 'remove' | 'hand-over'; readonly member: Member };

export function Members({ facts, opened }: { readonly facts: ChannelFacts; readonly opened: Opened }) {
  const { id, kind, memberCount } = facts;
  const isAdding = useSignal(false);
  const confirm = useSignal<Confirm | undefined>(undefined);
  const again = () => opened.readFacts().catch(failureText);
  // An announcement channel tells with it who writes; the others are read page by page.
  const readers = useMemo(() => listed((after) => readMembers(id, after)), [id]);
  useEffect(() => void (kind === 'announcement' && readers.readMore()), [id, kind]);
  const writers = new Set(facts.members.map((member) => member.id));
  const members: readonly Member[] = [...facts.members, ...(kind === 'announcement' ? readers.entries.value.filter((one) => !writers.has(one.id)) : [])];
  const setRole = async (member: Member, role: 'admin' | 'member') => {
    await act((write) => write.PUT('/v1/channels/{channel}/members/{person}/role', { ...ofMember(id, member.id), body: { role } }));
    await again();
  };
  const withdrawInvitation = async (person: string) => {
    await act((write) => write.DELETE('/v1/channels/{channel}/invitations/{person}', ofMember(id, person)));
    await again();
  };
  const canAdd = kind === 'group' || isAdmin(facts);
  return (
    <section>
      <header class="section-head">
        <h2>{t('chat.memberCount', { count: memberCount })}</h2>
        {canAdd && (
          <button type="button" class="quiet" onClick={() => (isAdding.value = true)}>
            {t('chat.addPeople')}
          </button>
        )}
      </header>
      <ul class="members">
        {members.map((member) => (
          <MemberRow
            member={member}
            items={actionsOf(member, facts, { setRole, confirm: (kindOf) => (confirm.value = { kind: kindOf, member }) })}
            key={member.id}
          />
        ))}
        {facts.invited.map((person) => (
          <li key={person.id}>
            <Avatar person={person} />
            <Name of={person.name} />
            <span class="hint">{t('chat.invited')}</span>
            {canAdd && (
              <button
                type="button"
                class="bare"
                aria-label={t('chat.withdrawInvitation', { name: nameText(person.name) })}
                onClick={() => void withdrawInvitation(person.id)}
              >
                <Icon name="close" />
              </button>
            )}
          </li>
        ))}
      </ul>
      {kind === 'announcement' && typeof readers.next.value === 'string' && (
        <button type="button" class="quiet" onClick={() => void readers.readMore()}>
          {t('app.more')}
        </button>
      )}
      {isAdding.value && <AddDialog facts={facts} onAdded={again} onClose={() => (isAdding.value = false)} />}
      {confirm.value !== undefined && <ConfirmDialog channel={id} confirm={confirm.value} onDone={again} onClose={() => (confirm.value = undefined)} />}
    </section>
  );
}

async function readMembers(channel: string, after: string | undefined) {
  const page = (
    await session.value?.tidings.read.GET('/v1/channels/{channel}/members', { params: { path: { channel }, query: after === undefined ? {} : { after } } })
  )?.data;
  return { entries: page?.members ?? [], next: page?.next ?? null };
}

function MemberRow({ member, items }: { readonly member: Member; readonly items: readonly MenuItem[] }) {
  const { id, name, role } = member;
  return (
    <li>
      <Avatar person={member} />
      <a href={`/people/${id}`}>
        <Name of={name} />
      </a>
      {role !== undefined && role !== 'member' && <span class="hint">{t(`chat.role-${role}`)}</span>}
      {items.length > 0 && (
        <Menu label={t('chat.memberActions', { name: nameText(name) })} class="bare" items={() => items}>
          <Icon name="more" />
        </Menu>
      )}
    </li>
  );
}

type Acts = { readonly setRole: (member: Member, role: 'admin' | 'member') => Promise<void>; readonly confirm: (kind: Confirm['kind']) => void };

/** The owner makes admins and hands over; admins remove those who are none. */
function actionsOf(member: Member, facts: ChannelFacts, { setRole, confirm }: Acts): readonly MenuItem[] {
  const { role = 'member' } = member;
  if (member.id === session.value?.person || role === 'owner' || !isAdmin(facts)) return [];
  const isOwner = facts.role === 'owner';
  return [
    ...(isOwner && role === 'member' ? [{ text: t('chat.makeAdmin'), onChoose: () => void setRole(member, 'admin') }] : []),
    ...(isOwner && role === 'admin' ? [{ text: t('chat.makeMember'), onChoose: () => void setRole(member, 'member') }] : []),
    ...(isOwner ? [{ text: t('chat.handOver'), onChoose: () => confirm('hand-over') }] : []),
    ...(isOwner || role === 'member' ? [{ text: t('chat.removeMember'), onChoose: () => confirm('remove'), isWarning: true }] : []),
  ];
}

type ConfirmDialogProps = { readonly channel: string; readonly confirm: Confirm; readonly onDone: () => unknown; readonly onClose: () => void };

function ConfirmDialog({ channel, confirm: { kind, member }, onDone, onClose }: ConfirmDialogProps) {
  const go = async () => {
    onClose();
    if (kind === 'remove') await act((write) => write.DELETE('/v1/channels/{channel}/members/{person}', ofMember(channel, member.id)));
    else await act((write) => write.PUT('/v1/channels/{channel}/owner', { ...inChannel(channel), body: { person: member.id } }));
    onDone();
  };
  const name = nameText(member.name);
  return (
    <Dialog title={t(kind === 'remove' ? 'chat.removeTitle' : 'chat.handOverTitle', { name })} onClose={onClose}>
      <p>{t(kind === 'remove' ? 'chat.removeHint' : 'chat.handOverHint')}</p>
      <p class="dialog-actions">
        <button type="button" class="primary" onClick={() => void go()}>
          {t(kind === 'remove' ? 'chat.removeMember' : 'chat.handOver')}
        </button>
        <button type="button" class="quiet" onClick={onClose}>
          {t('chat.cancel')}
        </button>
      </p>
    </Dialog>
  );
}

type AddDialogProps = { readonly facts: ChannelFacts; readonly onAdded: () => unknown; readonly onClose: () => void };

function AddDialog({ facts, onAdded, onClose }: AddDialogProps) {
  const chosen = useSignal<readonly Named[]>([]);
  const without = useMemo(() => new Set([...facts.members, ...facts.invited].map(({ id }) => id)), [facts]);
  const add = async () => {
    let [joined, invited] = [0, 0];
    for (const { id } of chosen.value) {
      const answer = await act((write) => write.PUT('/v1/channels/{channel}/members/{person}', ofMember(facts.id, id)));
      if (answer?.data?.membership === 'member') joined++;
      else if (answer !== undefined) invited++;
    }
    if (joined + invited > 0) say(t(invited > 0 ? 'chat.peopleInvited' : 'chat.peopleAdded', { count: invited > 0 ? invited : joined }));
    onAdded();
    onClose();
  };
  return (
    <Dialog title={t('chat.addPeople')} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <PeoplePicker chosen={chosen} without={without} />
        <button type="submit" class="primary" aria-disabled={chosen.value.length === 0}>
          {t('chat.addPeople')}
        </button>
      </form>
    </Dialog>
  );
}
