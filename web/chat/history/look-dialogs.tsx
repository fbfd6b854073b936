/** What a message said before, and how many have it. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { paths } from '../../../client/http/generated/read-api.ts';
import type { Message } from '../../../client/index.ts';
import { failureText, session } from '../../app/session.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure, Skeleton } from '../../parts/states.tsx';
import { receiptsWith, type Opened } from '../open-channel.ts';
import { t } from '../../text/text.ts';
import { momentText } from '../times.ts';
import { MessageText } from './message-text.tsx';

type Edit = paths['/v1/channels/{channel}/messages/{message}/edits']['get']['responses'][200]['content']['application/json']['edits'][number];

/** The log learns late how far people have read, up to ten seconds after those who are connected, and the views after it. */
const RECEIPTS_AGAIN_MS = 5_000;

/** What is asked for when it is shown, and with `againMs` again and again while it is. */
function useAsked<Found>(ask: () => Promise<Found | undefined>, againMs?: number) {
  const found = useSignal<Found | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const read = () => {
    failure.value = undefined;
    ask().then(
      (value) => (found.value = value),
      (error: unknown) => (failure.value = failureText(error)),
    );
  };
  useEffect(() => {
    read();
    const timer = againMs === undefined ? undefined : setInterval(read, againMs);
    return () => clearInterval(timer);
  }, []);
  return { found: found.value, failure: failure.value, read };
}

export function EditsDialog({ channel, message, onClose }: { readonly channel: string; readonly message: Message; readonly onClose: () => void }) {
  const { found, failure, read } = useAsked<readonly Edit[]>(
    async () =>
      (await session.value?.tidings.read.GET('/v1/channels/{channel}/messages/{message}/edits', { params: { path: { channel, message: message.seq } } }))?.data
        ?.edits,
  );
  return (
    <Dialog title={t('chat.edits')} onClose={onClose}>
      {failure !== undefined && <Failure text={failure} onRetry={read} />}
      {found === undefined && failure === undefined && <Skeleton />}
      <ol class="edits">
        {found?.map(({ seq, at, text, entities }) => (
          <li key={seq}>
            <p class="hint">{momentText(at)}</p>
            <MessageText text={text} entities={entities} />
          </li>
        ))}
      </ol>
    </Dialog>
  );
}

export function ReceiptsDialog({ opened, seq, onClose }: { readonly opened: Opened; readonly seq: number; readonly onClose: () => void }) {
  const {
    found: asked,
    failure,
    read,
  } = useAsked(
    async () =>
      (await session.value?.tidings.read.GET('/v1/channels/{channel}/messages/{seq}/receipts', { params: { path: { channel: opened.id, seq } } }))?.data,
    RECEIPTS_AGAIN_MS,
  );
  const { value: state } = opened.state;
  const { value: facts } = opened.facts;
  const found = asked === undefined || state === undefined || facts === undefined ? asked : receiptsWith(asked, seq, state, facts, opened.own);
  return (
    <Dialog title={t('chat.receipts')} onClose={onClose}>
      {failure !== undefined && <Failure text={failure} onRetry={read} />}
      {found === undefined && failure === undefined && <Skeleton />}
      {found !== undefined && (
        <ul>
          <li>{found.read === null ? t('chat.readUnknown') : t('chat.readBy', { count: found.read, others: found.others })}</li>
          <li>{found.delivered === null ? t('chat.deliveredUnknown') : t('chat.deliveredTo', { count: found.delivered, others: found.others })}</li>
        </ul>
      )}
    </Dialog>
  );
}
