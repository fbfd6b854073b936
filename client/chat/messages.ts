/** The messages of one channel as far as this client has them: folded from the channel's events, each `seq` once and in order. */
import type { components as ReadComponents } from '../http/generated/read-api.ts';
import type { ServerFrameOf } from './connection.ts';

/** As `GET /v1/channels/{channel}/messages` has it. */
export type Message = ReadComponents['schemas']['Message'];
export type MessageEvent = ServerFrameOf<'message'>;

export type Messages = {
  /** Everything up to this seq is in. -1: nothing yet. */
  readonly cursor: number;
  /** By seq, the oldest first; without a hole from the first of them on. */
  readonly messages: readonly Message[];
  /** Send it as `before` for older ones. Null: there are none. */
  readonly older: number | null;
  /** Events that came before one that is missing, by seq. */
  readonly ahead: ReadonlyMap<number, MessageEvent>;
};

export const NO_MESSAGES: Messages = { cursor: -1, messages: [], older: null, ahead: new Map() };
/** Beyond, the oldest are let go, and read again when somebody scrolls there. */
export const MESSAGES_KEPT_MAX = 2_000;
/** So many more may come before that is done, so that it is done seldom. */
const MESSAGES_MORE_MAX = 500;

/** The newest page, read when the channel's head was at least `headSeq`. What is there already stays before it, unless something is missing between. */
export function withNewestPage(state: Messages, page: { readonly messages: readonly Message[]; readonly older: number | null }, headSeq: number): Messages {
  const cursor = Math.max(headSeq, page.messages.at(-1)?.seq ?? -1);
  const firstSeq = page.messages[0]?.seq ?? Infinity;
  const isJoined = firstSeq <= state.cursor + 1 && state.messages.length > 0;
  const before = isJoined ? state.messages.filter(({ seq }) => seq < firstSeq) : [];
  const kept = { messages: [...before, ...page.messages], older: before.length > 0 ? state.older : page.older };
  return applyAhead({ cursor, ...kept, ahead: new Map([...state.ahead].filter(([seq]) => seq > cursor)) });
}

/** A page before those that are there. */
export const withOlderPage = (state: Messages, page: { readonly messages: readonly Message[]; readonly older: number | null }): Messages => ({
  ...state,
  messages: [...page.messages.filter(({ seq }) => seq < (state.messages[0]?.seq ?? Infinity)), ...state.messages],
  older: page.older,
});

/** An event that is known already changes nothing; one after a hole waits for what is missing. */
export function withEvent(state: Messages, event: MessageEvent): Messages {
  if (event.seq <= state.cursor) return state;
  if (event.seq > state.cursor + 1) return { ...state, ahead: new Map(state.ahead).set(event.seq, event) };
  return applyAhead(applied(state, event));
}

export const hasHole = ({ ahead }: Messages): boolean => ahead.size > 0;

function applyAhead(state: Messages): Messages {
  let next = state;
  for (let event = next.ahead.get(next.cursor + 1); event !== undefined; event = next.ahead.get(next.cursor + 1)) {
    const ahead = new Map(next.ahead);
    ahead.delete(event.seq);
    next = applied({ ...next, ahead }, event);
  }
  return next;
}

function applied(state: Messages, event: MessageEvent): Messages {
  const { messages, ...rest } = { ...state, cursor: event.seq };
  if (event.event !== 'posted' && event.event !== 'notice') return { ...rest, messages: changedBy(messages, event) };
  const more = [...messages, messageOf(event)];
  const kept = more.length > MESSAGES_KEPT_MAX + MESSAGES_MORE_MAX ? more.slice(-MESSAGES_KEPT_MAX) : more;
  return { ...rest, messages: kept, older: kept.length < more.length ? (kept[0]?.seq ?? rest.older) : rest.older };
}

/** What was said of messages that are there: edits, reactions, withdrawals. */
export function changedBy(messages: readonly Message[], event: MessageEvent): readonly Message[] {
  const changed = (seq: number, change: (message: Message) => Message): readonly Message[] =>
    messages.some((message) => message.seq === seq)
      ? messages.map((message) => (message.seq === seq && !message.withdrawn ? change(message) : message))
      : messages;
  switch (event.event) {
    case 'posted':
    case 'notice':
    case 'previewed':
      return messages;
    case 'edited':
      return changed(event.message, (message) => ({ ...message, text: event.text, entities: event.entities ?? [], preview: null, editedAt: event.at }));
    case 'withdrawn':
      return withoutQuotesOf(
        changed(event.message, (message) => ({ ...wordless(message), reactions: {}, withdrawn: true })),
        event.message,
      );
    case 'reacted':
      return changed(event.message, (message) => ({ ...message, reactions: withReaction(message.reactions, event) }));
  }
}

const wordless = (message: Message): Message => ({ ...message, text: null, entities: [], media: [], quote: null, preview: null });

const withoutQuotesOf = (messages: readonly Message[], seq: number): readonly Message[] =>
  messages.some(({ replyTo, quote }) => replyTo === seq && quote !== null)
    ? messages.map((message) => (message.replyTo === seq ? { ...message, quote: null } : message))
    : messages;

/** Words are shown no longer from the time at which they disappear. The same list where nothing did. */
export function withoutExpired(messages: readonly Message[], nowMs: number): readonly Message[] {
  const expired = messages.filter((message) => hasWords(message) && expiryMs(message) <= nowMs).map(({ seq }) => seq);
  if (expired.length === 0) return messages;
  const gone = new Set(expired);
  const left = messages.map((message) => (gone.has(message.seq) ? wordless(message) : message));
  return expired.reduce(withoutQuotesOf, left);
}

/** When the next words disappear; undefined where none will. */
export function nextExpiryMs(messages: readonly Message[]): number | undefined {
  const next = messages.reduce((soonest, message) => (hasWords(message) ? Math.min(soonest, expiryMs(message)) : soonest), Infinity);
  return next === Infinity ? undefined : next;
}

const hasWords = ({ text, media }: Message): boolean => text !== null || media.length > 0;
const expiryMs = ({ expiresAt }: Message): number => (expiresAt === null ? Infinity : Date.parse(expiresAt));

/** Where pictures are, what a link leads to and what is quoted, a page says and no event, and of one's own message when it was said and disappears: taken from there, unless the message is another one by now. */
export const withDetails = (messages: readonly Message[], { seq, at, expiresAt, editedAt, media, preview, quote }: Message): readonly Message[] =>
  messages.map((message) =>
    message.seq !== seq || message.withdrawn || message.text === null
      ? message
      : { ...message, at, expiresAt, media, quote, preview: message.editedAt === editedAt ? preview : null },
  );

function messageOf(event: Extract<MessageEvent, { readonly event: 'posted' | 'notice' }>): Message {
  const { seq, at } = event;
  const plain = {
    seq,
    at,
    replyTo: null,
    mentions: [],
    entities: [],
    media: [],
    quote: null,
    preview: null,
    expiresAt: null,
    editedAt: null,
    withdrawn: false,
    reactions: {},
  };
  if (event.event === 'notice') {
    const { notice: kind, by, member, title, history, afterSeconds, message } = event;
    return { ...plain, sender: by, text: null, clientId: '', notice: defined({ kind, member, title, history, afterSeconds, message }) };
  }
  const { sender, text, clientId, replyTo = null, mentions = [], entities = [], quote = null, expiresAt = null, editedAt = null, reactions = {} } = event;
  // Room for pictures can be kept before it is known where they are.
  const media = (event.media ?? []).map((one) => ({ ...one, url: '' }));
  return { ...plain, sender, text, clientId, replyTo, mentions, entities, media, quote, expiresAt, editedAt, reactions, notice: null };
}

type Defined<Fields> = { [Field in keyof Fields]?: Exclude<Fields[Field], undefined> };

/** An absent field is absent, and not undefined. */
const defined = <Fields extends { readonly kind: unknown }>(fields: Fields): Defined<Fields> & Pick<Fields, 'kind'> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields> & Pick<Fields, 'kind'>;

type Reactions = Message['reactions'];

function withReaction(reactions: Reactions, { emoji, person, change }: Extract<MessageEvent, { readonly event: 'reacted' }>): Reactions {
  const { [emoji]: people = [], ...others } = reactions;
  const without = people.filter((one) => one !== person);
  const reacting = change === 'added' ? [...without, person] : without;
  return reacting.length === 0 ? others : { ...others, [emoji]: reacting };
}
