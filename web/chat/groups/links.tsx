/** Links that lead into a group, and who asks to be let in. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { components } from '../../../client/http/generated/read-api.ts';
import { failureText, session } from '../../app/session.ts';
import { Avatar } from '../../parts/avatar.tsx';
import { Name } from '../../parts/name.tsx';
import { Failure } from '../../parts/states.tsx';
import { t } from '../../text/text.ts';
import { act, inChannel, ofMember } from '../acting.ts';
import type { Opened } from '../open-channel.ts';
import { say } from '../said.ts';
import { momentText } from '../times.ts';

type Link = components['schemas']['InvitationLink'];
type JoinRequest = components['schemas']['JoinRequest'];

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

export function Links({ channel }: { readonly channel: string }) {
  const links = useSignal<readonly Link[] | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const made = useSignal<string | undefined>(undefined);
  const approval = useSignal(false);
  const ends = useSignal(true);
  const read = async () => {
    failure.value = undefined;
    try {
      links.value = (await session.value?.tidings.read.GET('/v1/channels/{channel}/links', inChannel(channel)))?.data?.links;
    } catch (error) {
      failure.value = failureText(error);
    }
  };
  useEffect(() => void read(), [channel]);
  const make = async () => {
    const body = { approval: approval.value, ...(ends.value ? { expiresAt: new Date(Date.now() + WEEK_MS).toISOString() } : {}) };
    const answer = await act((write) => write.POST('/v1/channels/{channel}/links', { ...inChannel(channel), body }));
    if (answer?.data === undefined) return;
    made.value = `${location.origin}/join/${answer.data.token}`;
    await read();
  };
  const revoke = async (link: string) => {
    await act((write) => write.DELETE('/v1/channels/{channel}/links/{link}', { params: { path: { channel, link } } }));
    await read();
  };
  const copy = async () => {
    await navigator.clipboard?.writeText(made.value ?? '').then(() => say(t('chat.copied')));
  };
  return (
    <section>
      <h2>{t('chat.links')}</h2>
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void read()} />}
      <ul class="links">
        {links.value?.map(({ link, approval: asks, expiresAt, uses, usesMax, at }) => (
          <li key={link}>
            <span>
              {t('chat.linkOf', { time: momentText(at) })}
              <span class="hint">
                {' '}
                {usesMax === null ? t('chat.linkUses', { count: uses }) : t('chat.linkUsesOf', { count: uses, max: usesMax })}
                {asks && ` · ${t('chat.linkAsks')}`}
                {expiresAt !== null && ` · ${t('chat.linkUntil', { time: momentText(expiresAt) })}`}
              </span>
            </span>
            <button type="button" class="quiet" onClick={() => void revoke(link)}>
              {t('chat.revoke')}
            </button>
          </li>
        ))}
      </ul>
      {made.value !== undefined && (
        <div class="made-link">
          <label>
            {t('chat.linkMade')}
            <input readOnly value={made} onFocus={({ currentTarget }) => currentTarget.select()} />
          </label>
          <button type="button" class="quiet" onClick={() => void copy()}>
            {t('chat.copy')}
          </button>
        </div>
      )}
      <label class="choice">
        <input type="checkbox" checked={approval} onChange={({ currentTarget }) => (approval.value = currentTarget.checked)} />
        {t('chat.linkApproval')}
      </label>
      <label class="choice">
        <input type="checkbox" checked={ends} onChange={({ currentTarget }) => (ends.value = currentTarget.checked)} />
        {t('chat.linkEnds')}
      </label>
      <button type="button" class="quiet" onClick={() => void make()}>
        {t('chat.makeLink')}
      </button>
    </section>
  );
}

export function JoinRequests({ channel, opened }: { readonly channel: string; readonly opened: Opened }) {
  const requests = useSignal<readonly JoinRequest[]>([]);
  const failure = useSignal<string | undefined>(undefined);
  const read = async () => {
    failure.value = undefined;
    try {
      requests.value = (await session.value?.tidings.read.GET('/v1/channels/{channel}/join-requests', inChannel(channel)))?.data?.requests ?? [];
    } catch (error) {
      failure.value = failureText(error);
    }
  };
  useEffect(() => void read(), [channel, opened.facts.value]);
  const answer = async (person: string, isLetIn: boolean) => {
    await act((write) =>
      isLetIn
        ? write.PUT('/v1/channels/{channel}/join-requests/{person}', ofMember(channel, person))
        : write.DELETE('/v1/channels/{channel}/join-requests/{person}', ofMember(channel, person)),
    );
    await read();
    await opened.readFacts().catch(failureText);
  };
  if (requests.value.length === 0 && failure.value === undefined) return null;
  return (
    <section>
      <h2>{t('chat.joinRequests')}</h2>
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void read()} />}
      <ul class="members">
        {requests.value.map(({ person }) => (
          <li key={person.id}>
            <Avatar person={person} />
            <a href={`/people/${person.id}`}>
              <Name of={person.name} />
            </a>
            <span class="request-actions">
              <button type="button" class="primary" onClick={() => void answer(person.id, true)}>
                {t('chat.letIn')}
              </button>
              <button type="button" class="quiet" onClick={() => void answer(person.id, false)}>
                {t('chat.refuse')}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
