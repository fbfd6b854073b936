/** One open channel: its messages, kept complete over everything the network does, with those that wait to be sent. */
import { inBackground } from '../http/backoff.ts';
import type { Api } from '../http/api.ts';
import { TidingsProblem } from '../http/problem.ts';
import { observable, type Observable } from '../http/observable.ts';
import type { Storage } from '../storage/storage.ts';
import type { ServerFrameOf } from './connection.ts';
import { joined, newestOf, parted, withNewer, withOlder, type Elsewhere } from './elsewhere.ts';
import { keptChannel, type Delivered } from './kept-channel.ts';
import {
  changedBy,
  hasHole,
  MESSAGES_KEPT_MAX,
  nextExpiryMs,
  NO_MESSAGES,
  withDetails,
  withEvent,
  withNewestPage,
  withOlderPage,
  withoutExpired,
  type Message,
  type MessageEvent,
  type Messages,
} from './messages.ts';
import type { Outgoing } from './outbox.ts';
import { pagesOf, readBackTo, readElsewhereAgain } from './read-pages.ts';
import { createTyping } from './typing.ts';

export type ChannelState = {
  /** The newest, and what was loaded before them. */
  readonly messages: readonly Message[];
  /** What is to be shown in their place, after a jump, until `loadNewer` has come to the newest or `toNewest` goes there. */
  readonly elsewhere: { readonly messages: readonly Message[]; readonly hasOlder: boolean } | undefined;
  /** What this client wrote and is not in the channel yet, or failed. */
  readonly outgoing: readonly Outgoing[];
  /** Whether there are messages to load that are older than `messages`. */
  readonly hasOlder: boolean;
  /** False while nothing was loaded yet, and where what is there may not be the newest. */
  readonly isCurrent: boolean;
  /** By member, the seq up to which they have read. */
  readonly readUpTo: Readonly<Record<string, number>>;
  /** The seq that the devices of others have received, and how many people that are. */
  readonly delivered: Delivered | undefined;
  /** The members who type just now. */
  readonly typing: readonly string[];
};

export type Channel = {
  readonly id: string;
  readonly state: Observable<ChannelState>;
  /** The seq up to which everything is here; undefined where the channel was never loaded. */
  cursor(): number | undefined;
  /** The seq of the newest message of somebody else that is kept on this device, in a channel where one tells who wrote. */
  arrivedUpTo(own: string): number | undefined;
  /** Loads the newest messages where they aren't here. */
  load(): Promise<void>;
  /** Of what is shown. */
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  jumpTo(place: JumpPlace): Promise<number | undefined>;
  toNewest(): void;
  /** Reads a message again: the addresses of its pictures are good for an hour. */
  refresh(seq: number): Promise<void>;
  receive(event: MessageEvent): void;
  /** One's own message, of which the server told its place alone. */
  acknowledged(event: Extract<MessageEvent, { readonly event: 'posted' }>, options: { readonly hasDetails: boolean }): void;
  /** Events up to this seq may have been missed. */
  behind(headSeq: number): void;
  read(frame: ServerFrameOf<'read'>): void;
  delivered(frame: ServerFrameOf<'delivered'>): void;
  typed(person: string): void;
  showOutgoing(outgoing: readonly Outgoing[]): void;
  /** The log is another one: nothing that is here holds. */
  forget(): void;
  /** Nobody has it open any more: nothing of it happens later. */
  close(): void;
};

/** A message by its seq, or the first one from a moment on (ISO 8601 with an offset). */
export type JumpPlace = { readonly seq: number } | { readonly at: string };

export type ChannelDependencies = {
  readonly api: Api;
  readonly storage: Storage;
  readonly onStorageError: (error: unknown) => void;
  /** What was written to the device is more than before. */
  readonly onKept: (channel: Channel) => void;
};

/** What the gateway sends of a channel comes in order; what comes early waits so long for what it followed. */
const HOLE_MS = 2_000;
const SECOND_MS = 1_000;
const LOAD_AGAIN_MS = 1_000;
/** The views may be behind what the gateway has told: then a message is read again so much later, in turn. */
const REFRESH_AFTER_MS = [0, 250, 1_000, 4_000, 15_000];
/** The longest time that a timer takes. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export async function openChannel(id: string, { api, storage, onStorageError, onKept }: ChannelDependencies): Promise<Channel> {
  const kept = keptChannel(id, {
    storage,
    onStorageError,
    onKept: (written) => {
      keptMessages = written.messages;
      onKept(channel);
    },
  });
  const stored = await kept.read();
  let keptMessages = stored?.messages ?? [];
  let messages: Messages = stored === undefined ? NO_MESSAGES : { ...stored, messages: withoutExpired(stored.messages, api.clock.nowMs()) };
  let elsewhere: Elsewhere | undefined;
  let isLoaded = stored !== undefined;
  let loading: Promise<void> | undefined;
  let wantedHead = -1;
  /** After how long what is said disappears; null: it stays; undefined: not known yet. */
  let lifetimeSeconds: number | null | undefined;
  let kind = stored?.kind;
  let holeTimer: ReturnType<typeof setTimeout> | undefined;
  let expiryTimer: ReturnType<typeof setTimeout> | undefined;
  const readPage = pagesOf(api, id);
  const typing = createTyping((people) => show({ typing: people }));
  const state = observable<ChannelState>({
    messages: messages.messages,
    elsewhere: undefined,
    outgoing: [],
    hasOlder: messages.older !== null,
    isCurrent: false,
    readUpTo: {},
    delivered: stored?.delivered,
    typing: [],
  });
  const show = (changed: Partial<ChannelState>) => state.set({ ...state.value, ...changed });

  const keep = (next: Messages, elsewhereNext = elsewhere): void => {
    const nowMs = api.clock.nowMs();
    messages = { ...next, messages: withoutExpired(next.messages, nowMs) };
    elsewhere = elsewhereNext === undefined ? undefined : { ...elsewhereNext, messages: withoutExpired(elsewhereNext.messages, nowMs) };
    const met = elsewhere === undefined ? undefined : joined(messages, elsewhere);
    if (met !== undefined) [messages, elsewhere] = [met, undefined];
    show({
      messages: messages.messages,
      hasOlder: messages.older !== null,
      elsewhere: elsewhere === undefined ? undefined : { messages: elsewhere.messages, hasOlder: elsewhere.older !== null },
      isCurrent: isLoaded && !hasHole(messages) && messages.cursor >= wantedHead,
    });
    forgetInTime(nowMs);
    if (isLoaded) keepSoon();
  };

  const keepSoon = (): void => kept.keepSoon(() => ({ ...messages, kind, delivered: state.value.delivered }));

  const forgetInTime = (nowMs: number): void => {
    clearTimeout(expiryTimer);
    const next = nextExpiryMs([...messages.messages, ...(elsewhere?.messages ?? [])]);
    if (next !== undefined) expiryTimer = inBackground(setTimeout(() => keep(messages), Math.min(Math.max(0, next - nowMs), TIMER_MAX_MS)));
  };

  /** The head is read first: a page that is read afterwards has at least everything up to it. */
  const loadNewest = async (): Promise<void> => {
    const { data: row } = await api.read.GET('/v1/channels/{channel}', { params: { path: { channel: id } } });
    const page = await readPage({});
    if (row === undefined || page === undefined) return;
    const headSeq = row.headSeq ?? -1;
    lifetimeSeconds = row.disappearAfterSeconds;
    kind = row.kind;
    const isMissing = isLoaded && missesChanges(messages, page.messages, headSeq);
    const whole = isMissing ? await readBackTo(readPage, page, messages.messages[0]?.seq ?? Infinity) : page;
    const apart = isMissing && elsewhere !== undefined ? await readElsewhereAgain(readPage, elsewhere) : elsewhere;
    isLoaded = true;
    keep(withNewestPage(isMissing ? { ...messages, messages: [] } : messages, whole, headSeq), apart);
  };

  const loadUntilCurrent = async (): Promise<void> => {
    for (;;) {
      await loadNewest();
      if (messages.cursor >= wantedHead && !hasHole(messages)) return;
      await new Promise((resolve) => setTimeout(resolve, LOAD_AGAIN_MS)); // the views are behind what the gateway has told
    }
  };

  const refresh = async (seq: number): Promise<void> => {
    for (const afterMs of REFRESH_AFTER_MS) {
      if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
      const found = await api.read.GET('/v1/channels/{channel}/messages/{message}', { params: { path: { channel: id, message: seq } } }).catch(unlessUnknown);
      if (found?.data === undefined) continue;
      const { data } = found;
      return keep(
        { ...messages, messages: withDetails(messages.messages, data) },
        elsewhere === undefined ? undefined : { ...elsewhere, messages: withDetails(elsewhere.messages, data) },
      );
    }
  };

  const receive = (event: MessageEvent): void => {
    if (!isLoaded) return; // whoever opens the channel loads it
    if (event.event === 'notice' && event.notice === 'disappearing-set') lifetimeSeconds = event.afterSeconds ?? null;
    keep(withEvent(messages, event), elsewhere === undefined ? undefined : { ...elsewhere, messages: changedBy(elsewhere.messages, event) });
    clearTimeout(holeTimer);
    if (hasHole(messages)) holeTimer = setTimeout(() => hasHole(messages) && loadInBackground(), HOLE_MS);
    if (event.event === 'posted') typing.stopped(event.sender);
    const told = toldByPage(event);
    if (told !== undefined) void refresh(told).catch(() => undefined); // what is there is shown
  };

  const load = (): Promise<void> => (loading ??= loadUntilCurrent().finally(() => (loading = undefined)));
  const loadInBackground = (): void => void load().catch(() => undefined); // the next message, or the next connection, asks again

  const channel: Channel = {
    id,
    state,
    cursor: () => (isLoaded ? messages.cursor : undefined),
    arrivedUpTo: (own) =>
      kind === undefined || kind === 'announcement' ? undefined : keptMessages.findLast(({ sender, notice }) => sender !== own && notice === null)?.seq,
    load: async () => {
      if (!isLoaded || !state.value.isCurrent) await load();
    },
    loadOlder: async () => {
      const before = (elsewhere ?? messages).older;
      const page = before === null ? undefined : await readPage({ before });
      if (page === undefined || (elsewhere ?? messages).older !== before) return;
      if (elsewhere === undefined && messages.messages.length + page.messages.length <= MESSAGES_KEPT_MAX) return keep(withOlderPage(messages, page));
      const apart = elsewhere === undefined ? parted(messages) : { newest: messages, elsewhere };
      keep(apart.newest, withOlder(apart.elsewhere, page));
    },
    loadNewer: async () => {
      const after = elsewhere?.newer ?? null;
      const page = after === null ? undefined : await readPage({ after });
      if (page !== undefined && elsewhere?.newer === after) keep(messages, withNewer(elsewhere, page));
    },
    jumpTo: async (place) => {
      const shown = (elsewhere ?? messages).messages;
      if ('seq' in place && (shown[0]?.seq ?? Infinity) <= place.seq && place.seq <= (shown.at(-1)?.seq ?? -1)) return nearest(shown, place.seq);
      const page = await readPage('seq' in place ? { around: place.seq } : { at: place.at });
      if (page === undefined) return undefined;
      const { messages: around, older, newer } = page;
      keep(newestOf(messages), { messages: around, older, newer });
      return 'seq' in place ? nearest(around, place.seq) : (around.find(({ at }) => Date.parse(at) >= Date.parse(place.at)) ?? around.at(-1))?.seq;
    },
    toNewest: () => {
      elsewhere = undefined;
      keep(messages);
    },
    refresh,
    receive,
    acknowledged: (event, { hasDetails }) => {
      const endsAt = lifetimeSeconds === undefined || lifetimeSeconds === null ? undefined : Date.parse(event.at) + lifetimeSeconds * SECOND_MS;
      receive(endsAt === undefined ? event : { ...event, expiresAt: new Date(endsAt).toISOString() });
      if (hasDetails || lifetimeSeconds !== null) void refresh(event.seq).catch(() => undefined); // what is there is shown
    },
    behind: (headSeq) => {
      wantedHead = Math.max(wantedHead, headSeq);
      if (!isLoaded || messages.cursor >= headSeq) return keep(messages);
      keep(messages);
      loadInBackground();
    },
    read: ({ person, seq }) => {
      if (seq > (state.value.readUpTo[person] ?? -1)) show({ readUpTo: { ...state.value.readUpTo, [person]: seq } });
    },
    delivered: ({ seq, people }) => {
      const before = state.value.delivered;
      if (before !== undefined && (before.seq > seq || (before.seq === seq && before.people >= people))) return;
      show({ delivered: { seq, people } });
      if (isLoaded) keepSoon();
    },
    typed: (person) => typing.typed(person),
    showOutgoing: (outgoing) => show({ outgoing }),
    forget: () => {
      [isLoaded, wantedHead, elsewhere, keptMessages] = [false, -1, undefined, []];
      keep(NO_MESSAGES);
      show({ delivered: undefined, readUpTo: {} });
      kept.forget();
    },
    close: () => {
      clearTimeout(holeTimer);
      clearTimeout(expiryTimer);
      typing.close();
      kept.close();
    },
  };
  return channel;
}

/** Where pictures are, what a link leads to and the words of a quote the page says, and not the event: of which message. */
function toldByPage(event: MessageEvent): number | undefined {
  if (event.event === 'previewed') return event.message;
  return event.event === 'posted' && (event.media !== undefined || event.quote !== undefined) ? event.seq : undefined;
}

/** Whether between what is known and the head there was more than messages: edits and the like, of which pages tell nothing. */
const missesChanges = ({ cursor, messages }: Messages, page: readonly Message[], headSeq: number): boolean =>
  messages.length > 0 && headSeq - cursor > page.filter(({ seq }) => seq > cursor).length;

/** What stands there, or else behind it: it may be an entry of another kind, or have been said by somebody who was erased. */
const nearest = (messages: readonly Message[], seq: number): number | undefined => (messages.find((one) => one.seq >= seq) ?? messages.at(-1))?.seq;

function unlessUnknown(error: unknown): undefined {
  if (error instanceof TidingsProblem && error.code === 'message-unknown') return undefined;
  throw error;
}
