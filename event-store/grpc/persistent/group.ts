/**
 * One persistent subscription at work: events come from its source, go to the connected consumers, and come back as acknowledged, to be
 * tried again, parked or skipped. The checkpoint never passes what isn't done with.
 */
import type { EventStore, StoredEvent } from '../../store.ts';
import type { Logger } from '../calls/calls.ts';
import { groupFull, type GroupName, type Refusal } from '../wire/refusals.ts';
import { unresolved, readEventOf, resolveLink } from '../../read/links.ts';
import { metastreamOf } from '../../storage/stream-metadata.ts';
import { checkpointStreamOf, startCheckpoints, type Checkpoints } from './checkpoint.ts';
import { newConsumer, type Connection, type Consumer, type Message } from './consumer.ts';
import { trackOutstanding, type Outstanding } from './outstanding.ts';
import { parkedStreamOf, parkingLot, type ParkingLot } from './parking.ts';
import type { GroupSettings } from './settings.ts';
import { offsetOf, runSource, type Sink } from './source.ts';
import { strategyNamed, type Strategy } from './strategies.ts';

export type GroupDependencies = {
  readonly store: Pick<EventStore, 'append' | 'readStream' | 'setStreamMetadata' | 'streamMetadata' | 'subscribeToAll' | 'subscribeToStream'>;
  readonly log: Logger;
  readonly now: () => number;
};

export type NackAction = 'retry' | 'park' | 'skip';

export type GroupState = {
  readonly live: boolean; // nothing is left to read
  readonly lastKnownOffset: number; // a place; -1: nothing yet
  readonly checkpoint: number | undefined;
  readonly delivered: number; // messages
  readonly consumers: readonly Consumer[];
  readonly buffered: number; // messages
  readonly retrying: number; // messages
  readonly outstanding: number; // messages
  readonly parked: number; // messages
};

/** How often timeouts and checkpoints are looked at. */
const TICK_MS = 100;
const PARK_ATTEMPTS_MAX = 5;
/** A checkpoint is an event too: were one written for every few that are passed over, it would be the cause of the next. */
const PASSED_OVER_MIN = 100; // events

export class PersistentGroup implements Sink {
  readonly name: GroupName;
  readonly settings: GroupSettings;
  readonly #dependencies: GroupDependencies;
  readonly #strategy: Strategy;
  readonly #outstanding: Outstanding;
  readonly #parking: ParkingLot;
  readonly #checkpoints: Checkpoints;
  readonly #consumers = new Set<Consumer>();
  readonly #retries: Message[] = []; // by place
  readonly #buffer: Message[] = [];
  readonly #beingParked = new Map<Message, Promise<void>>();
  readonly #ownStreams: ReadonlySet<string>;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  readonly #ticks: NodeJS.Timeout;
  #live = false;
  #lookedAt: number;
  #checkpointMs: number;
  #doneSinceCheckpoint = 0; // events
  #passedOver = 0; // events since the checkpoint that nobody was to get
  #delivered = 0; // messages
  #makeRoom = () => {};

  constructor(dependencies: GroupDependencies, name: GroupName, settings: GroupSettings) {
    const { store, log, now } = dependencies;
    this.name = name;
    this.settings = settings;
    this.#dependencies = dependencies;
    this.#strategy = strategyNamed(settings.strategy);
    this.#outstanding = trackOutstanding(settings.messageTimeoutMs, now);
    this.#parking = parkingLot(store, name, now);
    this.#ownStreams = new Set([checkpointStreamOf(name), parkedStreamOf(name)].flatMap((stream) => [stream, metastreamOf(stream)]));
    this.#checkpoints = startCheckpoints({ store, log }, name);
    this.#checkpointMs = now();
    const checkpoint = this.#checkpoints.last();
    this.#lookedAt = checkpoint ?? -1;
    this.#running = runSource({ store, log }, { source: name.source, settings, after: checkpoint ?? offsetBefore(settings) }, this, this.#stopped.signal);
    this.#ticks = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  isFull(): boolean {
    return this.settings.maxSubscriberCount > 0 && this.#consumers.size >= this.settings.maxSubscriberCount;
  }

  connect(connection: Connection): Consumer | Refusal {
    if (this.isFull()) return groupFull(this.name);
    const consumer = newConsumer(connection);
    this.#consumers.add(consumer);
    this.#strategy.add(consumer);
    this.#dispatch();
    return consumer;
  }

  disconnect(consumer: Consumer): void {
    if (!this.#consumers.delete(consumer)) return;
    this.#strategy.remove(consumer);
    for (const message of this.#outstanding.leftBy(consumer)) this.#retryOrPark(message);
    this.#dispatch();
  }

  acknowledge(ids: readonly string[]): void {
    if (this.#stopped.signal.aborted) return;
    for (const id of ids) if (this.#outstanding.settle(id)) this.#done();
    this.#dispatch();
  }

  refuse(ids: readonly string[], action: NackAction, reason: string): void {
    if (this.#stopped.signal.aborted) return;
    for (const id of ids) {
      const message = this.#outstanding.settle(id);
      if (message === undefined) continue;
      if (action === 'skip') this.#done();
      else if (action === 'park') this.#park(message, `Client explicitly NAK'ed message.\n${reason}`);
      else this.#retryOrPark(message);
    }
    this.#dispatch();
  }

  /** A consumer that couldn't keep up can take more. */
  resume(): void {
    this.#dispatch();
  }

  /** Up to the parked message numbered `stopAt`. Those that fail again are parked again, and those that nobody finishes stay parked. */
  replayParked(stopAt: number): void {
    for (const link of this.#parking.takeParked(stopAt)) {
      this.#retries.push({ resolved: resolveLink(this.#dependencies.store, link), offset: undefined, retryCount: 0 });
    }
    this.#dispatch();
  }

  state(): GroupState {
    return {
      live: this.#live,
      lastKnownOffset: this.#lookedAt,
      checkpoint: this.#checkpoints.last(),
      delivered: this.#delivered,
      consumers: [...this.#consumers],
      buffered: this.#buffer.length,
      retrying: this.#retries.length,
      outstanding: this.#outstanding.count(),
      parked: this.#parking.count(),
    };
  }

  /** Consumers are told why. What they hadn't acknowledged comes again to who connects next. */
  async stop(reason: Refusal): Promise<void> {
    clearInterval(this.#ticks);
    this.#stopped.abort();
    this.#makeRoom();
    for (const { connection } of this.#consumers) connection.drop(reason);
    this.#consumers.clear();
    await this.#running;
    await Promise.all(this.#beingParked.values());
    await this.#writeCheckpoint(this.#doneUpTo());
    await this.#forgetReplayed();
  }

  /** A group on `$all` isn't given what it writes itself: its checkpoints and parked messages would cause more of them for ever. */
  push(event: StoredEvent): void {
    if (this.#ownStreams.has(event.stream)) return;
    const resolved = this.settings.resolveLinks ? resolveLink(this.#dependencies.store, event) : unresolved(event);
    this.#buffer.push({ resolved, offset: offsetOf(this.name.source, event), retryCount: 0 });
  }

  advanced(place: number, live: boolean): void {
    if (this.#buffer.length === 0) this.#passedOver += Math.max(place - this.#lookedAt, 0);
    this.#lookedAt = Math.max(place, this.#lookedAt);
    this.#live = live;
    this.#dispatch();
  }

  async waitForCapacity(): Promise<void> {
    const { readBatchSize, historyBufferSize } = this.settings;
    const hasRoom = () => this.#buffer.length === 0 || this.#buffer.length + readBatchSize <= historyBufferSize || this.#stopped.signal.aborted;
    while (!hasRoom()) await new Promise<void>((resolve) => (this.#makeRoom = resolve));
  }

  #dispatch(): void {
    if (this.#stopped.signal.aborted) return;
    if (this.#dispatchFrom(this.#retries)) this.#dispatchFrom(this.#buffer);
    this.#makeRoom();
  }

  /** False when nobody takes anything more. */
  #dispatchFrom(queue: Message[]): boolean {
    for (let index = 0; index < queue.length;) {
      const message = queue[index]!;
      const choice = this.#outstanding.has(message) ? 'later' : this.#strategy.choose(message.resolved);
      if (choice === 'full') return false;
      if (choice === 'later') {
        index++;
        continue;
      }
      queue.splice(index, 1);
      this.#outstanding.give(message, choice);
      this.#delivered++;
      choice.connection.deliver(message);
    }
    return true;
  }

  #tick(): void {
    for (const message of this.#outstanding.overdue()) this.#retryOrPark(message);
    this.#dispatch();
    void this.#forgetReplayed();
    const { checkpointAfterMs, minCheckpointCount, maxCheckpointCount } = this.settings;
    const isDue = this.#dependencies.now() - this.#checkpointMs >= checkpointAfterMs;
    const hasDone = this.#doneSinceCheckpoint >= Math.max(minCheckpointCount, 1);
    if (isDue && (hasDone || this.#passedOver >= Math.max(maxCheckpointCount, PASSED_OVER_MIN))) void this.#writeCheckpoint(this.#doneUpTo());
  }

  #done(): void {
    if (this.#stopped.signal.aborted) return;
    const { maxCheckpointCount } = this.settings;
    if (++this.#doneSinceCheckpoint >= maxCheckpointCount && maxCheckpointCount > 0) void this.#writeCheckpoint(this.#doneUpTo());
  }

  async #writeCheckpoint(place: number): Promise<void> {
    this.#doneSinceCheckpoint = 0;
    this.#passedOver = 0;
    this.#checkpointMs = this.#dependencies.now();
    if (place >= 0) await this.#checkpoints.write(place);
  }

  async #forgetReplayed(): Promise<void> {
    if (!this.#parking.isReplaying()) return;
    const replayed = this.#unfinished().filter(({ offset }) => offset === undefined);
    try {
      await this.#parking.forgetFinished(replayed.map(({ resolved }) => readEventOf(resolved).revision));
    } catch (error) {
      this.#dependencies.log.error({ err: error, ...this.name }, 'replayed messages may be parked again');
    }
  }

  #doneUpTo(): number {
    return this.#unfinished().reduce((lowest, { offset }) => (offset === undefined ? lowest : Math.min(lowest, offset - 1)), this.#lookedAt);
  }

  #unfinished(): readonly Message[] {
    return [...this.#outstanding.messages(), ...this.#beingParked.keys(), ...this.#retries, ...this.#buffer];
  }

  #retryOrPark(message: Message): void {
    const { maxRetryCount } = this.settings;
    if (message.retryCount >= maxRetryCount) return this.#park(message, `Reached retry count of ${maxRetryCount}`);
    const again = { ...message, retryCount: message.retryCount + 1 };
    const later = this.#retries.findIndex(({ offset }) => (offset ?? Infinity) > (again.offset ?? Infinity));
    this.#retries.splice(later < 0 ? this.#retries.length : later, 0, again);
  }

  #park(message: Message, reason: string): void {
    const parking = this.#tryToPark(message, reason).then((isParked) => {
      this.#beingParked.delete(message);
      if (isParked) this.#done();
      else this.#retries.push(message);
    });
    this.#beingParked.set(message, parking);
  }

  async #tryToPark(message: Message, reason: string): Promise<boolean> {
    for (let attempt = 1; attempt <= PARK_ATTEMPTS_MAX; attempt++) {
      try {
        await this.#parking.park(message.resolved, reason);
        return true;
      } catch (error) {
        this.#dependencies.log.error({ err: error, ...this.name, attempt }, 'a message could not be parked');
      }
    }
    return false;
  }
}

/** A subscription begins after a place, a group at one. */
function offsetBefore({ from }: GroupSettings): number | 'end' | undefined {
  if (from === 'end') return from;
  return from === 'start' || from <= 0 ? undefined : from - 1;
}
