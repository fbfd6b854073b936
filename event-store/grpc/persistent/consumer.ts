/** A connected client of a group, and the messages delivered to it. */
import type { Refusal } from '../wire/refusals.ts';
import { readEventOf, type ResolvedEvent } from '../../read/links.ts';

export type Message = {
  readonly resolved: ResolvedEvent;
  /** Revision in the stream or position in `$all`; `undefined` for a replayed parked message, which is out of order. */
  readonly offset: number | undefined;
  readonly retryCount: number;
};

/** Clients acknowledge the event that was read, which of a link is the link. */
export const ackIdOf = (message: Message) => readEventOf(message.resolved).id;

export type Connection = {
  readonly peer: string;
  readonly login: string;
  readonly connectionName: string;
  /** The number of messages in flight that the client accepts. */
  readonly bufferSize: number;
  /** True while delivered messages wait to be sent. */
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
