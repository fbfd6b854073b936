/**
 * Messages on their way: kept in the storage before anything else happens, sent in the order in which they were written, sent again under
 * their id until the gateway answers, whatever ends in between. None is dropped: one that is refused for good, or is older than what the
 * server remembers, stays with its code until the user sends it anew or discards it. All tabs show the same ones; the leading tab sends them, and
 * whoever leads after it goes on: a message that two of them sent has its id, and is one.
 */
import { observable, type Observable } from '../http/observable.ts';
import type { Storage } from '../storage/storage.ts';
import { backoffMs, type Backoff } from '../http/backoff.ts';
import type { Tabs } from '../tabs/tabs.ts';
import type { ClientFrame, ServerFrameOf } from './connection.ts';
import { PASSING_CODES } from './generated/passing-codes.ts';

export type OutgoingFrame = Extract<ClientFrame, { readonly type: 'send' | 'edit' | 'withdraw' | 'react' }>;

export type Outgoing = {
  readonly frame: OutgoingFrame;
  /** `queued`: to be sent when there is a connection. `sent`: given to the gateway, which has not answered. */
  readonly state: 'queued' | 'sent' | 'failed';
  /** Why it failed, from the server's catalogue, with its sentence. */
  readonly failure?: { readonly code: string; readonly detail: string };
  /** The id that it had at first, where it was given another: under that one it stays kept here, so that it is never kept twice. */
  readonly keptAs?: string;
};

export type Outbox = {
  /** Those that wait or failed, in the order in which they were written. */
  readonly outgoing: Observable<readonly Outgoing[]>;
  /** Resolves when it is kept; where the storage has no room it is sent all the same, and lost with the page. */
  add(frame: OutgoingFrame): Promise<void>;
  /** Sends one that failed anew, under a new id. */
  retry(id: string): Promise<void>;
  discard(id: string): Promise<void>;
  /** The connection is live: sends all that wait. */
  connected(): void;
  disconnected(): void;
  acknowledged(ack: ServerFrameOf<'ack'>): Outgoing | undefined;
  refused(refused: ServerFrameOf<'refused'>): void;
};

export type OutboxDependencies = {
  readonly tabs: Tabs;
  readonly storage: Storage;
  readonly send: (frame: OutgoingFrame) => boolean;
  readonly newId: () => string;
  /** No answer came for so long that the connection must be dead. */
  readonly onSilence: () => void;
  readonly onStorageError: (error: unknown) => void;
  /** What the server's clock says, as far as a refusal tells it. */
  readonly observeServerTime: (serverMs: number) => void;
};

/** By id, what became of it: undefined where it is no more. `instead`: of one that had this id before, and its place. */
type Change = { readonly id: string; readonly one?: Outgoing | undefined; readonly instead?: string };

const PREFIX = 'outbox/';
const TOPIC = { changed: 'outbox/changed', all: 'outbox/all' } as const;
/** The gateway queues at most 64 frames of a connection. */
const UNDER_WAY_MAX = 32;
const ANSWER_MS = 20_000;
/** Where the server would take a message later. */
const RETRIES: Backoff = { firstMs: 1_000, maxMs: 60_000 };
const SECOND_MS = 1_000;

export async function openOutbox(dependencies: OutboxDependencies): Promise<Outbox> {
  const { storage, tabs, newId } = dependencies;
  const readStored = async () => (await storage.list(PREFIX)).map(([, kept]) => asWaiting(kept as Outgoing));
  const outgoing = observable<readonly Outgoing[]>(await readStored().catch(failedToRead));
  /** Not kept yet, and unknown to other tabs. */
  const adding = new Set<string>();
  let isConnected = false;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let later: ReturnType<typeof setTimeout> | undefined;
  /** In a row, for a time. */
  let refusals = 0;

  const keep = (one: Outgoing) => storage.set(PREFIX + placeOf(one), one).catch(dependencies.onStorageError);
  const forget = (place: string) => storage.delete(PREFIX + place).catch(dependencies.onStorageError);
  const find = (id: string | undefined) => outgoing.value.find(({ frame }) => frame.id === id);
  const apply = (change: Change): void => outgoing.set(changed(outgoing.value, change));
  /** Here, and in the other tabs. */
  const change = (made: Change): void => {
    apply(made);
    tabs.tell(TOPIC.changed, made);
  };

  const sendQueued = (): void => {
    clearTimeout(later);
    if (!isConnected || !tabs.isLeader.value) return;
    let underWay = outgoing.value.filter(({ state }) => state === 'sent').length;
    for (const one of outgoing.value) {
      if (underWay >= UNDER_WAY_MAX || adding.has(one.frame.id)) break;
      if (one.state !== 'queued') continue;
      if (!dependencies.send(one.frame)) break;
      underWay++;
      change({ id: one.frame.id, one: { ...one, state: 'sent' } });
    }
    awaitAnswer();
  };

  const awaitAnswer = (): void => {
    clearTimeout(silence);
    if (isConnected && outgoing.value.some(({ state }) => state === 'sent')) silence = setTimeout(dependencies.onSilence, ANSWER_MS);
  };

  const pause = (): void => {
    isConnected = false;
    clearTimeout(silence);
    clearTimeout(later);
    outgoing.set(outgoing.value.map(asWaiting));
  };

  /** Those behind it in the same channel go after it: none overtakes another. */
  const sendAgainLater = (id: string, afterMs = 0): void => {
    const from = outgoing.value.findIndex(({ frame }) => frame.id === id);
    const channel = outgoing.value[from]?.frame.channel;
    outgoing.set(outgoing.value.map((one, n) => (n >= from && one.frame.channel === channel ? asWaiting(one) : one)));
    clearTimeout(later);
    later = setTimeout(sendQueued, afterMs + backoffMs(RETRIES, ++refusals, Math.random));
  };

  const isThere = (one: Outgoing) => outgoing.value.some((other) => placeOf(other) === placeOf(one));
  /** Other tabs may have kept some that this one has not heard of, and may be gone. */
  const adoptStored = async (): Promise<void> => {
    for (const one of await readStored().catch(failedToRead)) if (!isThere(one)) change({ id: one.frame.id, one });
    sendQueued();
  };

  function failedToRead(error: unknown): readonly Outgoing[] {
    dependencies.onStorageError(error);
    return [];
  }

  tabs.isLeader.subscribe((isLeader) => {
    pause(); // what another tab's connection had
    if (isLeader) void adoptStored();
  });
  tabs.onJoined((tab) => tabs.tell(TOPIC.all, outgoing.value, tab));
  tabs.onTold<readonly Outgoing[]>(TOPIC.all, (all, { isOfLeader }) => {
    if (!isOfLeader) return;
    const known = new Set(all.map(({ frame }) => frame.id));
    outgoing.set([...all, ...outgoing.value.filter(({ frame }) => adding.has(frame.id) && !known.has(frame.id))]);
  });
  tabs.onTold<Change>(TOPIC.changed, (made) => {
    apply(made);
    sendQueued();
  });

  return {
    outgoing,
    add: async (frame) => {
      const one: Outgoing = { frame, state: 'queued' };
      adding.add(frame.id);
      apply({ id: frame.id, one });
      await keep(one);
      adding.delete(frame.id);
      tabs.tell(TOPIC.changed, { id: frame.id, one } satisfies Change);
      sendQueued();
    },
    retry: async (id) => {
      const one = find(id);
      if (one?.state !== 'failed') return;
      const anew = underId(one, newId());
      const made: Change = { id: anew.frame.id, one: anew, instead: id };
      apply(made); // at once: asked for twice, it is sent once
      await keep(anew);
      tabs.tell(TOPIC.changed, made);
      sendQueued();
    },
    discard: async (id) => {
      const one = find(id);
      change({ id });
      await forget(one === undefined ? id : placeOf(one));
    },
    connected: () => {
      isConnected = true;
      sendQueued();
    },
    disconnected: pause,
    acknowledged: ({ id }) => {
      const one = find(id);
      if (one === undefined) return undefined;
      refusals = 0;
      apply({ id }); // the other tabs hear of the acknowledgement themselves
      void forget(placeOf(one));
      sendQueued();
      return one;
    },
    refused: ({ id, code, detail, facts }) => {
      const one = find(id);
      if (one === undefined || id === undefined || !tabs.isLeader.value) return;
      // How long a limit lasts the server says.
      if (PASSING_CODES.has(code)) return sendAgainLater(id, (Number(facts?.['retryAfterSeconds']) || 0) * SECOND_MS);
      const serverTime = Date.parse(String(facts?.['serverTime']));
      if (code === 'clock-skew' && !Number.isNaN(serverTime)) {
        // Made before anything was heard of the server's time. It was refused, so under another id it is no second one.
        dependencies.observeServerTime(serverTime);
        const anew = underId(one, newId());
        change({ id: anew.frame.id, one: anew, instead: id });
        void keep(anew);
        return sendAgainLater(anew.frame.id);
      }
      const failed: Outgoing = { ...one, state: 'failed', failure: { code, detail } };
      change({ id, one: failed });
      void keep(failed);
      sendQueued();
    },
  };
}

function changed(all: readonly Outgoing[], { id, one, instead = id }: Change): readonly Outgoing[] {
  if (all.some(({ frame }) => frame.id === instead)) return all.flatMap((other) => (other.frame.id !== instead ? [other] : one === undefined ? [] : [one]));
  return one === undefined ? all : [...all, one];
}

const placeOf = ({ frame, keptAs = frame.id }: Outgoing): string => keptAs;

const underId = (one: Outgoing, id: string): Outgoing => ({ frame: { ...one.frame, id }, state: 'queued', keptAs: placeOf(one) });

/** `sent` says that a connection has it, which may be no more. */
const asWaiting = (one: Outgoing): Outgoing => (one.state === 'failed' ? one : { ...one, state: 'queued' });
