/**
 * Messages that disappear. A channel may give what is said in it from now on a time to live; each message keeps the moment at which its own
 * ends, and from that moment on nobody reads it. What has ended is told by events (`disappearancesStream`), by which views give up the words.
 */
import type { Relation } from '../people/counterpart.ts';
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import { epochMs, instant, msBetween, plus, SECOND_MS, type Instant } from '../shared/instant.ts';
import { isMember, type ChannelState } from './channel-state.ts';
import type { ChannelEvent, DisappearanceEvent, EndingWindow, MessagesEvent } from './events.ts';
import { refusalByRole } from './groups/roles.ts';

export const TIME_TO_LIVE_MIN_SECONDS = 60;
export const TIME_TO_LIVE_MAX_SECONDS = 365 * 24 * 60 * 60;
/** Messages that one event tells of, at most. */
export const DISAPPEARED_MAX = 500;

/** Of an entry, a document or an event: whether its time has come, from which on nobody reads its words. What has no such time never ends. */
export const isExpired = ({ expiresAt }: { readonly expiresAt?: Instant | undefined }, now: Instant): boolean => expiresAt !== undefined && expiresAt <= now;

/** When the message of this event disappears; undefined where it doesn't, or it is no message. */
export const expiryIn = (event: MessagesEvent | undefined): Instant | undefined =>
  event?.type === 'chat.message-posted.v1' ? event.data.expiresAt : undefined;

export const hasDisappeared = (event: MessagesEvent | undefined, now: Instant): boolean => {
  const expiresAt = expiryIn(event);
  return expiresAt !== undefined && isExpired({ expiresAt }, now);
};

type Ends = { readonly expiresAt?: Instant; readonly quoteExpiresAt?: Instant };

/**
 * When what is said now disappears. What it quotes goes no later than that, nor than the message that it quotes: `quoted`, which is
 * undefined where nothing is quoted.
 */
export function endsOf({
  membership,
  at,
  keptSeconds,
  quoted,
}: {
  readonly membership: ChannelState;
  readonly at: Instant;
  /** Nothing here stays for longer, whatever its channel says. */
  readonly keptSeconds?: number | undefined;
  readonly quoted: MessagesEvent | undefined;
}): Ends {
  const seconds = timeToLiveIn(membership, keptSeconds);
  const expiresAt = seconds === undefined ? undefined : plus(at, seconds * SECOND_MS);
  const [quoteExpiresAt] = [quoted && expiresAt, expiryIn(quoted)].filter((end) => end !== undefined).toSorted();
  return { ...(expiresAt !== undefined && { expiresAt }), ...(quoteExpiresAt !== undefined && { quoteExpiresAt }) };
}

/** For how long what is said there stays, in seconds; undefined: for ever. `keptSeconds`: as of `endsOf`. */
export function timeToLiveIn(membership: ChannelState, keptSeconds = Infinity): number | undefined {
  const seconds = Math.min(timeToLiveOf(membership) ?? Infinity, keptSeconds);
  return seconds === Infinity ? undefined : seconds;
}

const timeToLiveOf = (membership: ChannelState): number | undefined => (membership.status === 'open' ? membership.timeToLiveSeconds : undefined);

/** Null: what is said from now on stays. What was said before keeps the end that it has, or has none. */
export type SetDisappearing = {
  readonly type: 'set-disappearing';
  readonly channel: ChannelId;
  readonly actor: PersonId;
  /** As of whoever writes a message: across a block nobody changes what the other says, nor tells the history of it. */
  readonly relation: Relation;
  readonly afterSeconds: number | null;
  readonly at: Instant;
};

export function setDisappearing(state: ChannelState, { channel, actor: by, relation, afterSeconds, at }: SetDisappearing): Decision<ChannelEvent> {
  if (state.status !== 'open' || !isMember(state, by)) return refuse('channel-unknown');
  if (relation === 'blocked') return refuse('blocked');
  const refusal = refusalByRole(state, by, 'change-settings');
  if (refusal !== undefined) return refusal;
  if ((state.timeToLiveSeconds ?? null) === afterSeconds) return accept();
  return accept({ type: 'chat.disappearing-set.v1', data: { channel, by, afterSeconds, at } });
}

/** So many milliseconds of ends are told of at once. */
const WINDOW_MS = 10 * SECOND_MS;

/** The window of a message that was said then, and ends then. */
export const endingWindowOf = (at: Instant, expiresAt: Instant): EndingWindow => ({
  ends: instant((Math.floor(epochMs(expiresAt) / WINDOW_MS) + 1) * WINDOW_MS),
  seconds: Math.round(msBetween(at, expiresAt) / SECOND_MS),
});

/** What is told of, of one channel. */
export type Disappeared = Omit<DisappearanceEvent['data'], 'channel'>;

/** What was told of last: the stream grows for ever, so only its last event is known. */
export type DisappearancesState = { readonly last?: Disappeared };
export type DisappearancesCommand = { readonly type: 'tell'; readonly channel: ChannelId; readonly disappeared: Disappeared };

export const disappearances: Decider<DisappearancesState, DisappearancesCommand, DisappearanceEvent> = {
  reads: 'tail',
  initialState: {},
  evolve: (_, { data: { channel: _channel, ...last } }) => ({ last }),
  // Two sweeps that look at once find the same.
  decide: ({ last }, { channel, disappeared }) =>
    last !== undefined && isSame(last, disappeared) ? accept() : accept({ type: 'chat.messages-disappeared.v1', data: { channel, ...disappeared } }),
};

const isSame = (one: Disappeared, other: Disappeared): boolean =>
  areSame(one.messages, other.messages) &&
  areSame(one.quotes, other.quotes) &&
  one.window?.ends === other.window?.ends &&
  one.window?.seconds === other.window?.seconds &&
  one.window?.upTo === other.window?.upTo;

const areSame = (some: readonly number[] = [], others: readonly number[] = []): boolean =>
  some.length === others.length && some.every((one, i) => one === others[i]);
