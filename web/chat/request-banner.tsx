/** A direct channel between people who aren't friends is a request: who received it answers it, or doesn't want it. */
import { useSignal } from '@preact/signals';
import { replaceBy } from '../app/routes.ts';
import { Menu } from '../parts/menu.tsx';
import { lazy } from '../parts/lazy.tsx';
import { t } from '../text/text.ts';
import { act, inChannel } from './acting.ts';
import { readSoon } from './inbox.ts';
import { otherOf, type ChannelFacts, type Opened } from './open-channel.ts';

const ReportDialog = lazy(async () => (await import('../people/report-dialog.tsx')).ReportDialog);

export function RequestBanner({ facts, opened }: { readonly facts: ChannelFacts; readonly opened: Opened }) {
  const isReporting = useSignal(false);
  const { id } = facts;
  const other = otherOf(facts);
  if (facts.request === 'sent') return <p class="banner">{t('chat.requestSent')}</p>;
  const accept = async () => {
    const isDone = await act((write) => write.POST('/v1/me/message-requests/{channel}/accept', inChannel(id)));
    if (isDone !== undefined) await opened.readFacts().catch(() => undefined);
    readSoon();
  };
  const leave = () => {
    readSoon();
    replaceBy('/chat');
  };
  const refuse = async () => {
    if ((await act((write) => write.POST('/v1/me/message-requests/{channel}/refuse', inChannel(id)))) !== undefined) leave();
  };
  const block = async () => {
    if (other === undefined) return;
    if ((await act((write) => write.PUT('/v1/me/blocks/{person}', { params: { path: { person: other.id } } }))) !== undefined) leave();
  };
  return (
    <div class="banner request">
      <p>{t('chat.requestReceived')}</p>
      <p class="request-actions">
        <button type="button" class="primary" onClick={() => void accept()}>
          {t('chat.accept')}
        </button>
        <button type="button" class="quiet" onClick={() => void refuse()}>
          {t('chat.refuse')}
        </button>
        <Menu
          label={t('chat.more')}
          class="quiet"
          items={() => [
            { text: t('chat.reportPerson'), onChoose: () => (isReporting.value = true) },
            { text: t('chat.block'), onChoose: () => void block(), isWarning: true },
          ]}
        >
          …
        </Menu>
      </p>
      {isReporting.value && other !== undefined && <ReportDialog subject={{ kind: 'person', person: other.id }} onClose={() => (isReporting.value = false)} />}
    </div>
  );
}
