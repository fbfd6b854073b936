/** One connected client of a group, and a message on its way to one. */
import type { Refusal } from '../wire/refusals.ts';
import { readEventOf, type ResolvedEvent } from '../../read/links.ts';

export type Message = {
  readonly resolved: ResolvedEvent;
  /** Revision in the stream or position in `$all`; `undefined` for one that was parked and comes again, long after its turn. */
  readonly offset: number | undefined;
  readonly retryCount: number;
};

/** Clients acknowledge the record that was read: of a link, the link. */
export const ackIdOf = (message: Message) => readEventOf(message.resolved).id;

export type Connection = {
  readonly peer: string;
  readonly login: string;
  readonly connectionName: string;
  /** So many messages it takes before it acknowledges one. */
  readonly bufferSize: number;
  /** True while what was delivered hasn't gone out yet. */
  isBusy(): boolean;
  deliver(message: Message): void;
  drop(reason: Refusal): void;
};

export type Consumer = {
  readonly connection: Connection;
  inFlight: number; // messages
  total: number; // messages
  totalAtLastMeasurement: number; // messages
  readonly latenciesMs: number[]; // the newest last
};

export const hasCapacity = ({ connection, inFlight }: Consumer) => inFlight < connection.bufferSize && !connection.isBusy();

export const newConsumer = (connection: Connection): Consumer => ({ connection, inFlight: 0, total: 0, totalAtLastMeasurement: 0, latenciesMs: [] });

const LATENCIES_MAX = 1_000;

export function recordLatency(consumer: Consumer, latencyMs: number): void {
  consumer.latenciesMs.push(latencyMs);
  if (consumer.latenciesMs.length > LATENCIES_MAX) consumer.latenciesMs.shift();
}
