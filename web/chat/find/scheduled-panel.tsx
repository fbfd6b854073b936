/** Messages that are to be sent later, of all channels, and those that could not be sent. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { components } from '../../../client/http/generated/read-api.ts';
import { session } from '../../app/session.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { listed } from '../../parts/pages.ts';
import { Empty, Failure, Skeleton } from '../../parts/states.tsx';
import { problemText, t } from '../../text/text.ts';
import { act } from '../acting.ts';
import { learnTitles, titleOfChannel } from '../channel-titles.ts';
import { wordsOf } from '../compose/markup.ts';
import { typedOf } from '../compose/typed.ts';
import { excerptOf } from '../history/replied-to.tsx';
import { Panel } from '../panel.tsx';
import { localText, momentText } from '../times.ts';

type Scheduled = components['schemas']['ScheduledMessage'];

export function ScheduledPanel({ onClose }: { readonly onClose: () => void }) {
  const waiting = useMemo(() => listed(readScheduled), []);
  const changing = useSignal<Scheduled | undefined>(undefined);
  useEffect(() => void waiting.readMore(), []);
  const { entries, next, failure } = waiting;
  const cancel = async ({ channel, id }: Scheduled) => {
    const path = { channel, scheduled: id };
    const isDone = await act((write) => write.DELETE('/v1/channels/{channel}/scheduled-messages/{scheduled}', { params: { path } }));
    if (isDone !== undefined) entries.value = entries.value.filter((one) => one.id !== id);
  };
  return (
    <Panel title={t('chat.scheduled')} onClose={onClose}>
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void waiting.readMore()} />}
      {next.value === undefined && failure.value === undefined && <Skeleton />}
      {next.value === null && entries.value.length === 0 && (
        <Empty title={t('chat.noScheduled')}>
          <p>{t('chat.noScheduledHint')}</p>
        </Empty>
      )}
      <ul class="hits">
        {entries.value.map((one) => (
          <li key={one.id} class="scheduled">
            <p class="hit-head">
              <a href={`/chat/${one.channel}`}>
                <bdi>{titleOfChannel(one.channel)}</bdi>
              </a>{' '}
              <span class="when">{momentText(one.sendAt)}</span>
            </p>
            <p class="hit-words" dir="auto">
              {excerptOf({ ...one, withdrawn: false, expiresAt: null })}
            </p>
            {one.refusal !== null && <p class="undone">{t('chat.notSent', { why: problemText(one.refusal, one.refusal) })}</p>}
            <p class="request-actions">
              {one.refusal === null && (
                <button type="button" class="quiet" onClick={() => (changing.value = one)}>
                  {t('chat.change')}
                </button>
              )}
              <button type="button" class="quiet" onClick={() => void cancel(one)}>
                {t(one.refusal === null ? 'chat.cancelScheduled' : 'app.discard')}
              </button>
            </p>
          </li>
        ))}
      </ul>
      {typeof next.value === 'string' && (
        <button type="button" class="quiet" onClick={() => void waiting.readMore()}>
          {t('app.more')}
        </button>
      )}
      {changing.value !== undefined && (
        <ChangeDialog
          scheduled={changing.value}
          onChanged={(changed) => (entries.value = entries.value.map((one) => (one.id === changed.id ? changed : one)))}
          onClose={() => (changing.value = undefined)}
        />
      )}
    </Panel>
  );
}

async function readScheduled(after: string | undefined) {
  const page = (await session.value?.tidings.read.GET('/v1/me/scheduled-messages', { params: { query: after === undefined ? {} : { after } } }))?.data;
  learnTitles(page?.scheduledMessages.map(({ channel }) => channel) ?? []);
  return { entries: page?.scheduledMessages ?? [], next: page?.next ?? null };
}

type ChangeDialogProps = { readonly scheduled: Scheduled; readonly onChanged: (changed: Scheduled) => void; readonly onClose: () => void };

function ChangeDialog({ scheduled, onChanged, onClose }: ChangeDialogProps) {
  const before = useMemo(() => typedOf(scheduled), [scheduled]);
  const typed = useSignal(before.typed);
  const at = useSignal(localText(Date.parse(scheduled.sendAt)));
  const change = async () => {
    const { channel, id, media, replyTo } = scheduled;
    const words = wordsOf(typed.value, before.mentioned);
    const sendAt = new Date(at.value).toISOString();
    const attached = media.map(({ media: one, alt, name }) => ({ media: one, ...(alt === null ? {} : { alt }), ...(name === null ? {} : { name }) }));
    const body = { ...words, sendAt, ...(attached.length === 0 ? {} : { media: attached }), ...(replyTo === null ? {} : { replyTo }) };
    const path = { channel, scheduled: id };
    const isDone = await act((write) => write.PUT('/v1/channels/{channel}/scheduled-messages/{scheduled}', { params: { path }, body }));
    if (isDone === undefined) return;
    onChanged({ ...scheduled, ...words, sendAt });
    onClose();
  };
  return (
    <Dialog title={t('chat.change')} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        <label>
          {t('chat.message')}
          <textarea dir="auto" rows={4} value={typed} onInput={({ currentTarget }) => (typed.value = currentTarget.value)} />
        </label>
        <label>
          {t('chat.sendAt')}
          <input type="datetime-local" required value={at} onInput={({ currentTarget }) => (at.value = currentTarget.value)} />
        </label>
        <button type="submit" class="primary">
          {t('chat.save')}
        </button>
      </form>
    </Dialog>
  );
}
