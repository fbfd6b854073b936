/** What a channel is, who is in it, and how one is told of it. */
import { useSignal } from '@preact/signals';
import { replaceBy } from '../../app/routes.ts';
import { session } from '../../app/session.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { lazy } from '../../parts/lazy.tsx';
import { t } from '../../text/text.ts';
import { act, inChannel, ofMember } from '../acting.ts';
import { ChannelFace } from '../channel-face.tsx';
import { inbox, readSoon } from '../inbox.ts';
import { isAdmin, otherOf, titleOf, type ChannelFacts, type Opened } from '../open-channel.ts';
import { Panel } from '../panel.tsx';
import { say } from '../said.ts';
import { Disappearing, Told } from './channel-settings.tsx';
import { GroupForm } from './group-form.tsx';
import { JoinRequests, Links } from './links.tsx';
import { Members } from './members.tsx';

const ReportDialog = lazy(async () => (await import('../../people/report-dialog.tsx')).ReportDialog);

type DetailsPanelProps = { readonly facts: ChannelFacts; readonly opened: Opened; readonly onClose: () => void };

export function DetailsPanel({ facts, opened, onClose }: DetailsPanelProps) {
  const { id, kind, description } = facts;
  const isGroup = kind !== 'direct';
  const row = inbox.value?.find(({ channel }) => channel === id);
  const other = isGroup ? undefined : otherOf(facts);
  const mayChange = isGroup && (kind === 'group' || isAdmin(facts));
  return (
    <Panel title={t('chat.details')} onClose={onClose}>
      <div class="details-head">
        <ChannelFace face={other ?? { id, name: titleOf(facts), picture: (facts.picture?.small ?? facts.picture?.full)?.url }} isPerson={!isGroup} />
        <p class="details-title">{other === undefined ? <bdi>{titleOf(facts)}</bdi> : <a href={`/people/${other.id}`}>{titleOf(facts)}</a>}</p>
        {description !== null && description !== '' && (
          <p class="text hint" dir="auto">
            {description}
          </p>
        )}
      </div>
      {mayChange && <GroupForm facts={facts} opened={opened} />}
      <Told channel={id} row={row} />
      {(kind === 'direct' ? facts.request === null : isAdmin(facts)) && <Disappearing facts={facts} opened={opened} />}
      {isGroup && <Members facts={facts} opened={opened} />}
      {isGroup && isAdmin(facts) && <JoinRequests channel={id} opened={opened} />}
      {isGroup && isAdmin(facts) && <Links channel={id} />}
      <Leaving facts={facts} />
    </Panel>
  );
}

function Leaving({ facts }: { readonly facts: ChannelFacts }) {
  const asking = useSignal<'leave' | 'report' | 'block' | undefined>(undefined);
  const { id, kind } = facts;
  const other = kind === 'direct' ? otherOf(facts) : undefined;
  const close = () => (asking.value = undefined);
  const gone = () => {
    readSoon();
    replaceBy('/chat');
  };
  const exportIt = async () => {
    if ((await act((write) => write.POST('/v1/channels/{channel}/exports', inChannel(id)))) !== undefined) say(t('chat.exportBegun'));
  };
  const leave = async () => {
    close();
    if ((await act((write) => write.DELETE('/v1/channels/{channel}/members/{person}', ofMember(id, session.value?.person ?? '')))) !== undefined) gone();
  };
  const block = async () => {
    close();
    if (other !== undefined && (await act((write) => write.PUT('/v1/me/blocks/{person}', { params: { path: { person: other.id } } }))) !== undefined) gone();
  };
  return (
    <section class="details-end">
      <button type="button" class="quiet" onClick={() => void exportIt()}>
        {t('chat.export')}
      </button>
      {kind !== 'direct' && (
        <button type="button" class="quiet warning" onClick={() => (asking.value = 'leave')}>
          {t('chat.leave')}
        </button>
      )}
      {other !== undefined && (
        <>
          <button type="button" class="quiet" onClick={() => (asking.value = 'report')}>
            {t('chat.reportPerson')}
          </button>
          <button type="button" class="quiet warning" onClick={() => (asking.value = 'block')}>
            {t('chat.block')}
          </button>
        </>
      )}
      {asking.value === 'report' && other !== undefined && <ReportDialog subject={{ kind: 'person', person: other.id }} onClose={close} />}
      {(asking.value === 'leave' || asking.value === 'block') && (
        <Dialog title={t(asking.value === 'leave' ? 'chat.leaveTitle' : 'chat.blockTitle')} onClose={close}>
          <p>{t(asking.value === 'leave' ? (facts.role === 'owner' ? 'chat.leaveOwnerHint' : 'chat.leaveHint') : 'chat.blockHint')}</p>
          <p class="dialog-actions">
            <button type="button" class="primary" onClick={() => void (asking.value === 'leave' ? leave() : block())}>
              {t(asking.value === 'leave' ? 'chat.leave' : 'chat.block')}
            </button>
            <button type="button" class="quiet" onClick={close}>
              {t('chat.cancel')}
            </button>
          </p>
        </Dialog>
      )}
    </section>
  );
}
