/**
 * What has yet to disappear: the sweep of `workers/chat/disappear.ts` finds it here. Messages of a channel that were said, and end, within
 * the same few seconds share a document, so that a busy channel has one for many. Its folds are maxima and minima.
 */
import { endingWindowOf } from '../../../domain/chat/disappearing.ts';
import type { DisappearanceEvent, EndingWindow, MessagesEvent } from '../../../domain/chat/events.ts';
import type { ChannelId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';

/** Id: `endingId`. Its messages are from `from` to `upTo`, others among them; those up to `toldUpTo` were told of. `dueAt` is null once all were. */
export type DisappearingDocument = EndingWindow & {
  readonly channel: ChannelId;
  readonly from: number | null;
  readonly upTo: number;
  readonly toldUpTo: number;
  readonly dueAt: Instant | null;
};

/** Id: `messageId` of a message that stays longer than its quote. `dueAt` is null once it was told of. */
export type DisappearingQuoteDocument = { readonly channel: ChannelId; readonly message: number; readonly dueAt: Instant | null };

export const endingId = (channel: ChannelId, { ends, seconds }: EndingWindow): string => `${channel}:${ends}:${seconds}`;

type PostedData = Extract<MessagesEvent, { type: 'chat.message-posted.v1' }>['data'];
type Fold = (before: DisappearingDocument | undefined) => DisappearingDocument;

/** The document that a message is found by until it is told of, and how it is added there; undefined where it doesn't disappear. */
export function endingOf({ channel, at, expiresAt }: Pick<PostedData, 'channel' | 'at' | 'expiresAt'>, seq: number): readonly [string, Fold] | undefined {
  const window = expiresAt === undefined ? undefined : endingWindowOf(at, expiresAt);
  if (window === undefined) return undefined;
  return [
    endingId(channel, window),
    (before) => due({ ...(before ?? empty(channel, window)), from: Math.min(before?.from ?? seq, seq), upTo: Math.max(before?.upTo ?? seq, seq) }),
  ];
}

/** What an event tells of such a document; undefined where it tells of quotes alone. */
export function toldBy({ data: { channel, window } }: DisappearanceEvent): readonly [string, Fold] | undefined {
  if (window === undefined) return undefined;
  const { upTo, ...of } = window;
  return [endingId(channel, of), (before = empty(channel, of)) => due({ ...before, toldUpTo: Math.max(before.toldUpTo, upTo) })];
}

const empty = (channel: ChannelId, { ends, seconds }: EndingWindow): DisappearingDocument => ({
  channel,
  ends,
  seconds,
  from: null,
  upTo: -1,
  toldUpTo: -1,
  dueAt: null,
});

const due = (document: DisappearingDocument): DisappearingDocument => ({ ...document, dueAt: document.upTo > document.toldUpTo ? document.ends : null });

/** Of a message that is told of before it is there. */
export const UNKNOWN = '' as never;
export const unknownMessage = (channel: ChannelId, seq: number) => ({
  channel,
  seq,
  sender: UNKNOWN,
  text: null,
  clientId: '',
  at: UNKNOWN,
  messageCount: -1,
  unread: '',
});
