/** What a message answers, above its words; a click goes there. */
import { signal, type Signal } from '@preact/signals';
import type { Message } from '../../../client/index.ts';
import { failureText, session, whenLeaving } from '../../app/session.ts';
import { t } from '../../text/text.ts';
import { nameOf } from '../names.ts';

/** Those that are answered and not among the messages that are here, by channel and seq. */
const asked = new Map<string, Signal<Message | null | undefined>>();
const ASKED_MAX = 500;
whenLeaving(() => asked.clear());

function askFor(channel: string, seq: number): Signal<Message | null | undefined> {
  const key = `${channel}/${seq}`;
  const known = asked.get(key);
  if (known !== undefined) return known;
  if (asked.size >= ASKED_MAX) asked.clear();
  const found = signal<Message | null | undefined>(undefined);
  asked.set(key, found);
  const read = async () => {
    found.value =
      (await session.value?.tidings.read.GET('/v1/channels/{channel}/messages/{message}', { params: { path: { channel, message: seq } } }))?.data ?? null;
  };
  read().catch((error: unknown) => {
    failureText(error);
    found.value = null;
  });
  return found;
}

type RepliedToProps = { readonly channel: string; readonly message: Message; readonly known: Message | undefined; readonly onJump: (seq: number) => void };

export function RepliedTo({ channel, message: { replyTo, quote }, known, onJump }: RepliedToProps) {
  if (replyTo === null) return null;
  const answered = known ?? askFor(channel, replyTo).value ?? undefined;
  return (
    <button type="button" class="replied-to" tabIndex={-1} onClick={() => onJump(replyTo)}>
      <span class="replied-name">{answered === undefined ? t('chat.reply') : <bdi>{nameOf(answered.sender)}</bdi>}</span>
      <span class="replied-words" dir="auto">
        {quote === null ? (answered === undefined ? '…' : excerptOf(answered)) : quote.text}
      </span>
    </button>
  );
}

type Excerpted = Pick<Message, 'text' | 'withdrawn' | 'expiresAt'> & { readonly media: readonly unknown[]; readonly entities?: Message['entities'] };

/** In one line: its words, but for those that are covered, or what it shows. */
export function excerptOf({ text, media, withdrawn, expiresAt, entities = [] }: Excerpted): string {
  if (text === null) return t(withdrawn ? 'chat.withdrawn' : expiresAt === null ? 'chat.erased' : 'chat.disappeared');
  if (text === '') return t('chat.media', { count: media.length });
  const covered = entities.filter(({ kind }) => kind === 'spoiler');
  if (covered.length === 0) return text;
  return Array.from(text)
    .map((character, n) => (covered.some(({ from, to }) => from <= n && n < to) ? '▒' : character))
    .join('');
}
