/**
 * A running persistent subscription: events come from its source, are delivered to the connected consumers, and end as acknowledged,
 * retried, parked or skipped. The checkpoint never passes an event that is not done.
 */
import type { EventStore, StoredEvent } from '../../store.ts';
import type { Logger } from '../calls/calls.ts';
import { groupFull, type GroupName, type Refusal } from '../wire/refusals.ts';
import { unresolved, readEventOf, resolveLink } from '../../read/links.ts';
import { metastreamOf } from '../../storage/stream-metadata.ts';
import { checkpointStreamOf, startCheckpoints, type Checkpoints } from './checkpoint.ts';
import { scheduleCheckpoints, type CheckpointSchedule } from './checkpoint-schedule.ts';
import { newConsumer, type Connection, type Consumer, type Message } from './consumer.ts';
import { trackOutstanding, type Outstanding } from './outstanding.ts';
import { parkedStreamOf, parkingLot, type ParkingLot } from './parking.ts';
import type { GroupSettings } from './settings.ts';
import { offsetOf, runSource, type Sink } from './source.ts';
import { strategyNamed, type Strategy } from './strategies.ts';

export type GroupDependencies = {
  readonly store: Pick<EventStore, 'append' | 'readStream' | 'setStreamMetadata' | 'streamMetadata' | 'subscribeToAll' | 'subscribeToStream'>;
  readonly logger: Logger;
  readonly now: () => number;
  readonly monotonicMs: () => number;
};

export type NackAction = 'retry' | 'park' | 'skip';

export type GroupState = {
  readonly live: boolean; // has read to the end
  readonly lastKnownOffset: number | undefined; // of the newest event that came from the source
  readonly checkpoint: number | undefined;
  readonly delivered: number; // messages
  readonly consumers: readonly Consumer[];
  readonly buffered: number; // messages
  readonly retrying: number; // messages
  readonly outstanding: number; // messages
  readonly parked: number; // messages
};

/** How often timeouts and checkpoints are checked. */
const TICK_MS = 100;

export class PersistentGroup implements Sink {
  readonly name: GroupName;
  readonly settings: GroupSettings;
  readonly #dependencies: GroupDependencies;
  readonly #strategy: Strategy;
  readonly #outstanding: Outstanding;
  readonly #parking: ParkingLot;
  readonly #checkpoints: Checkpoints;
  readonly #checkpointSchedule: CheckpointSchedule;
  readonly #consumers = new Set<Consumer>();
  readonly #retries: Message[] = []; // by offset
  readonly #buffer: Message[] = [];
  readonly #beingParked = new Map<Message, Promise<void>>();
  readonly #ownStreams: ReadonlySet<string>;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  readonly #ticks: NodeJS.Timeout;
  #live = false;
  #readUpTo: number; // an offset; -1: nothing yet
  #lastKnown: number | undefined; // the offset of the newest event that came from the source
  #delivered = 0; // messages
  #makeRoom = () => {};

  constructor(dependencies: GroupDependencies, name: GroupName, settings: GroupSettings) {
    const { store, logger, now, monotonicMs } = dependencies;
    this.name = name;
    this.settings = settings;
    this.#dependencies = dependencies;
    this.#strategy = strategyNamed(settings.strategy);
    this.#outstanding = trackOutstanding(settings.messageTimeoutMs, monotonicMs);
    this.#parking = parkingLot({ store, logger, now }, name);
    this.#ownStreams = new Set([checkpointStreamOf(name), parkedStreamOf(name)].flatMap((stream) => [stream, metastreamOf(stream)]));
    this.#checkpoints = startCheckpoints({ store, logger }, name);
    this.#checkpointSchedule = scheduleCheckpoints({ checkpoints: this.#checkpoints, settings, monotonicMs, completedUpTo: () => this.#completedUpTo() });
    const checkpoint = this.#checkpoints.last();
    this.#readUpTo = checkpoint ?? -1;
    this.#running = runSource({ store, logger }, { source: name.source, settings, after: checkpoint ?? offsetBefore(settings) }, this, this.#stopped.signal);
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
    for (const message of this.#outstanding.removeOf(consumer)) this.#retryOrPark(message);
    this.#dispatch();
  }

  acknowledge(ids: readonly string[]): void {
    if (this.#stopped.signal.aborted) return;
    for (const id of ids) if (this.#outstanding.remove(id)) this.#done();
    this.#dispatch();
  }

  refuse(ids: readonly string[], action: NackAction, reason: string): void {
    if (this.#stopped.signal.aborted) return;
    for (const id of ids) {
      const message = this.#outstanding.remove(id);
      if (message === undefined) continue;
      if (action === 'skip') this.#done();
      else if (action === 'park') this.#park(message, `Client explicitly NAK'ed message.\n${reason}`);
      else this.#retryOrPark(message);
    }
    this.#dispatch();
  }

  /** Called when a consumer that was busy can take more. */
  resume(): void {
    this.#dispatch();
  }

  /** Redelivers the parked messages before revision `stopAt`. A message that fails again is parked again; one that is not finished stays parked. */
  replayParked(stopAt: number): void {
    for (const link of this.#parking.takeParked(stopAt)) {
      this.#retries.push({ resolved: resolveLink(this.#dependencies.store, link), offset: undefined, retryCount: 0 });
    }
    this.#dispatch();
  }

  state(): GroupState {
    return {
      live: this.#live,
      lastKnownOffset: this.#lastKnown,
      checkpoint: this.#checkpoints.last(),
      delivered: this.#delivered,
      consumers: [...this.#consumers],
      buffered: this.#buffer.length,
      retrying: this.#retries.length,
      outstanding: this.#outstanding.count(),
      parked: this.#parking.count(),
    };
  }

  /** Disconnects all consumers with a reason. Messages without acknowledgement are delivered again when the group runs again. */
  async stop(reason: Refusal): Promise<void> {
    clearInterval(this.#ticks);
    this.#stopped.abort();
    this.#makeRoom();
    for (const { connection } of this.#consumers) connection.drop(reason);
    this.#consumers.clear();
    await this.#running;
    await Promise.all(this.#beingParked.values());
    await this.#checkpointSchedule.write();
    await this.#forgetReplayed();
  }

  /** Ignores events that the group itself wrote to `$all`: its checkpoints and parked messages would cause more of them for ever. */
  push(event: StoredEvent): void {
    if (this.#ownStreams.has(event.stream)) return;
    const resolved = this.settings.resolveLinks ? resolveLink(this.#dependencies.store, event) : unresolved(event);
    const offset = offsetOf(this.name.source, event);
    this.#lastKnown = offset;
    this.#buffer.push({ resolved, offset, retryCount: 0 });
  }

  advanced(offset: number, live: boolean): void {
    if (this.#buffer.length === 0) this.#checkpointSchedule.eventsSkipped(Math.max(offset - this.#readUpTo, 0));
    this.#readUpTo = Math.max(offset, this.#readUpTo);
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

  /** Returns false when no consumer can take another message. */
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
      this.#outstanding.add(message, choice);
      this.#delivered++;
      choice.connection.deliver(message);
    }
    return true;
  }

  #tick(): void {
    for (const message of this.#outstanding.removeOverdue()) this.#retryOrPark(message);
    this.#dispatch();
    void this.#forgetReplayed();
    this.#checkpointSchedule.tick();
  }

  #done(): void {
    if (!this.#stopped.signal.aborted) this.#checkpointSchedule.eventDone();
  }

  async #forgetReplayed(): Promise<void> {
    if (!this.#parking.isReplaying()) return;
    const replayed = this.#unfinished().filter(({ offset }) => offset === undefined);
    try {
      await this.#parking.forgetFinished(replayed.map(({ resolved }) => readEventOf(resolved).revision));
    } catch (error) {
      this.#dependencies.logger.error({ err: error, ...this.name }, 'parked messages that were replayed may be replayed again');
    }
  }

  #completedUpTo(): number {
    return this.#unfinished().reduce((lowest, { offset }) => (offset === undefined ? lowest : Math.min(lowest, offset - 1)), this.#readUpTo);
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
    const parking = this.#parking.tryToPark(message.resolved, reason).then((isParked) => {
      this.#beingParked.delete(message);
      if (isParked) this.#done();
      else this.#retries.push(message);
    });
    this.#beingParked.set(message, parking);
  }
}

/** A store subscription starts after an offset, a group at one. */
function offsetBefore({ from }: GroupSettings): number | 'end' | undefined {
  if (from === 'end') return from;
  return from === 'start' || from <= 0 ? undefined : from - 1;
}
