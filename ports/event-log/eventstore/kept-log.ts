/** A cluster's log as it is kept there, for copies of it: with the server's time of each event, and with system events, such as the bounds of streams. */
import { EventStoreDBClient } from '@eventstore/db-client';
import type { Position, StoredEvent } from '../port.ts';
import { offsetIn } from '../position.ts';
import type { Deadlines } from './deadline.ts';
import { readWhole } from './reads.ts';
import { disposeOf, storedIn } from './stored.ts';

/** `created`: milliseconds since 1970, by the server's clock. */
export type KeptEvent = StoredEvent & { readonly created: number };

export type KeptLog = AsyncDisposable & {
  /** Behind a position, or from the start. Throws `LogUnavailable`. */
  readAfter(position: Position | undefined): AsyncIterable<KeptEvent>;
  /** From the end. Throws `LogUnavailable`. */
  readBackwards(): AsyncIterable<KeptEvent>;
};

export type KeptLogOptions = { readonly connectionString: string; /** Its number. */ readonly log: number; readonly deadlines: Deadlines };

/** It is not known yet whether anybody answers there. */
export function openKeptLog({ connectionString, log, deadlines }: KeptLogOptions): KeptLog {
  const client = EventStoreDBClient.connectionString(connectionString);
  const { stored } = storedIn(log);
  const read = async function* (from: bigint | undefined, direction: 'forwards' | 'backwards'): AsyncGenerator<KeptEvent, void, undefined> {
    for await (const event of readWhole({ client, deadlines }, { from, direction })) yield { ...stored(event), created: event.created.getTime() };
  };
  return {
    async *readAfter(position) {
      const after = position === undefined ? undefined : offsetIn(position, log);
      for await (const event of read(after, 'forwards')) if (after === undefined || (offsetIn(event.position, log) ?? 0n) > after) yield event;
    },
    readBackwards: () => read(undefined, 'backwards'),
    [Symbol.asyncDispose]: () => disposeOf(client),
  };
}
