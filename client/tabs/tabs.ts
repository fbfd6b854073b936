/**
 * The tabs of one person in one browser: they elect one that does for all what only one is to do, and tell each other what they must know.
 * Who holds the Web Lock leads; who is visible and has heard nothing of the leader for five seconds takes the lock away, for a tab that the
 * browser has frozen holds it still. Whoever is alone, or has a browser that can do neither, leads itself.
 */
import { observable, type Observable } from '../http/observable.ts';

export type Told = {
  /** The tab that tells it. */
  readonly from: string;
  /** What a tab says that led before, and hasn't noticed that it does no more, isn't of the leader. */
  readonly isOfLeader: boolean;
};

export type Tabs = {
  /** Whether this is the one. */
  readonly isLeader: Observable<boolean>;
  readonly isJoined: Observable<boolean>;
  /** From now on this tab has others, and may lead. */
  join(): void;
  leave(): void;
  /** Others hear it in the order in which it was told. `to`: one tab alone. */
  tell(topic: string, message?: unknown, to?: string): void;
  /** Until the function that it returns is called. */
  onTold<Message>(topic: string, listener: (message: Message, told: Told) => void): () => void;
  /** A tab has come, of which this one is the leader: it knows nothing yet. */
  onJoined(listener: (tab: string) => void): () => void;
  /** A tab has left. One that ends without a word is not told. */
  onLeft(listener: (tab: string) => void): () => void;
};

/** As browsers have them; the types of a whole browser would hide from the servers' code what Node has not. */
export type TabsEnvironment = {
  readonly locks: {
    request(name: string, options: { readonly signal?: AbortSignal; readonly steal?: boolean }, held: () => Promise<void>): Promise<unknown>;
  };
  readonly openChannel: (name: string) => BroadcastChannel;
  readonly isVisible: () => boolean;
};

type Sent = { readonly from: string; readonly to?: string | undefined; readonly topic: string; readonly message?: unknown };
type Listener = (message: never, told: Told) => void;

const BEAT_MS = 1_000;
/** Counted and not measured, for a tab that was frozen itself has heard nothing either. */
const SILENT_BEATS_MAX = 5;
const TOPIC = { asks: 'tabs/asks', leads: 'tabs/leads', beats: 'tabs/beats', joined: 'tabs/joined', left: 'tabs/left' } as const;

export function openTabs(name: string, { locks, openChannel, isVisible }: TabsEnvironment): Tabs {
  const own = crypto.randomUUID();
  const [isLeader, isJoined] = [observable(false), observable(false)];
  const listeners = new Map<string, Set<Listener>>();
  const [joinedListeners, leftListeners] = [new Set<(tab: string) => void>(), new Set<(tab: string) => void>()];
  let channel: BroadcastChannel | undefined;
  let leader: string | undefined;
  let silentBeats = 0;
  let beat: ReturnType<typeof setInterval> | undefined;
  let seeking: AbortController | undefined;
  let stepDown: (() => void) | undefined;

  const tell = (topic: string, message?: unknown, to?: string): void => channel?.postMessage({ from: own, to, topic, message } satisfies Sent);

  /** While the promise lasts, the lock is this tab's. */
  const lead = (): Promise<void> => {
    if (channel === undefined) return Promise.resolve();
    leader = own;
    tell(TOPIC.leads);
    isLeader.set(true);
    return new Promise((resolve) => (stepDown = resolve));
  };

  const stopLeading = (): void => {
    stepDown?.();
    stepDown = undefined;
    if (leader === own) leader = undefined;
    isLeader.set(false);
  };

  const seek = (options: { readonly steal?: true } = {}): void => {
    seeking?.abort();
    const asked = new AbortController();
    seeking = asked;
    silentBeats = 0;
    const isOver = () => asked.signal.aborted || channel === undefined;
    const lost = () => {
      if (isOver()) return;
      stopLeading();
      seek(); // it was taken away: this tab waits for its turn
    };
    locks.request(name, options.steal === true ? { steal: true } : { signal: asked.signal }, lead).then(lost, (error: unknown) => {
      if (isTaken(error)) lost();
      else if (!isOver()) void lead(); // the browser gives this page no locks
    });
  };

  const receive = ({ data }: { readonly data: unknown }): void => {
    const { from, to, topic, message } = data as Sent;
    if (to !== undefined && to !== own) return;
    if (topic === TOPIC.leads || (topic === TOPIC.beats && leader === undefined)) {
      if (isLeader.value) stopLeading(); // its lock was taken away while it was frozen
      leader = from;
      tell(TOPIC.joined, undefined, from);
    }
    if (from === leader) silentBeats = 0;
    if (topic === TOPIC.asks && isLeader.value) tell(TOPIC.leads, undefined, from);
    if (topic === TOPIC.joined && isLeader.value) for (const listener of joinedListeners) listener(from);
    if (topic === TOPIC.left) for (const listener of leftListeners) listener(from);
    for (const listener of listeners.get(topic) ?? []) listener(message as never, { from, isOfLeader: from === leader });
  };

  const onBeat = (): void => {
    if (isLeader.value) return tell(TOPIC.beats);
    if (++silentBeats >= SILENT_BEATS_MAX && isVisible()) seek({ steal: true });
  };

  return {
    isLeader,
    isJoined,
    join: () => {
      if (channel !== undefined) return;
      isJoined.set(true);
      channel = openChannel(name);
      channel.addEventListener('message', receive as never);
      beat = setInterval(onBeat, BEAT_MS);
      tell(TOPIC.asks);
      seek();
    },
    leave: () => {
      if (channel === undefined) return;
      tell(TOPIC.left);
      clearInterval(beat);
      channel.close();
      channel = undefined;
      leader = undefined;
      seeking?.abort();
      stopLeading();
      isJoined.set(false);
    },
    tell,
    onTold: (topic, listener) => addTo(listeners.get(topic) ?? setOf(listeners, topic), listener),
    onJoined: (listener) => addTo(joinedListeners, listener),
    onLeft: (listener) => addTo(leftListeners, listener),
  };
}

/** Of a program, or of a browser that can't let tabs know of each other. */
export function onlyTab(): Tabs {
  const [isLeader, isJoined] = [observable(false), observable(false)];
  const nothing = () => () => undefined;
  return {
    isLeader,
    isJoined,
    join: () => {
      isJoined.set(true);
      isLeader.set(true);
    },
    leave: () => {
      isLeader.set(false);
      isJoined.set(false);
    },
    tell: () => undefined,
    onTold: nothing,
    onJoined: nothing,
    onLeft: nothing,
  };
}

/** Undefined where this isn't a page, or its browser lacks what it takes: locks are there over HTTPS and on localhost only. */
export function browserTabs(): TabsEnvironment | undefined {
  const { navigator, document, BroadcastChannel } = globalThis as unknown as Browser;
  const { locks } = navigator ?? {};
  if (document === undefined || BroadcastChannel === undefined || locks === undefined) return undefined;
  return { locks, openChannel: (name) => new BroadcastChannel(name), isVisible: () => document.visibilityState === 'visible' };
}

type Browser = {
  readonly navigator?: { readonly locks?: TabsEnvironment['locks'] };
  readonly document?: { readonly visibilityState: string };
  readonly BroadcastChannel?: new (name: string) => BroadcastChannel;
};

/** As the Web Locks API rejects where another request stole the lock, and where the signal aborted. */
const isTaken = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

function setOf(listeners: Map<string, Set<Listener>>, topic: string): Set<Listener> {
  const made = new Set<Listener>();
  listeners.set(topic, made);
  return made;
}

function addTo<One>(all: Set<One>, one: One): () => void {
  all.add(one);
  return () => void all.delete(one);
}
