/**
 * The outbox of the distributed profile: messages, and what it was told to do, are in collections of MongoDB, so that any process
 * lists, tells and asks. A message is on the journals of a majority before its attempt is answered.
 */
import type { Instant } from '../../../domain/shared/instant.ts';
import type { MongoConnection } from '../../mongodb/connect.ts';
import { openSharedBehaviours } from './mongodb-behaviours.ts';
import { openOutboxMessages } from './mongodb-messages.ts';
import { startOutboxVendor } from './vendor.ts';
import { OutboxUnavailable, type Outbox } from '../port.ts';

/** Messages kept of each channel. */
const KEPT_MAX = 100_000;

export type MongoOutboxDependencies = {
  readonly connection: MongoConnection;
  readonly clock: () => Instant;
  /** Old messages could not be removed; it is tried again with later ones. */
  readonly onError: (error: unknown) => void;
};

/**
 * Each process lets a channel grow by a hundredth of `keptMax`, 1,000 messages at most, before it removes the oldest. Its senders
 * resolve attempts of all processes. Throws `OutboxUnavailable`. The connection stays the caller's.
 */
export async function startMongoOutbox(
  { connection, clock, onError }: MongoOutboxDependencies,
  { keptMax = KEPT_MAX }: { readonly keptMax?: number } = {},
): Promise<Outbox> {
  const answer = <Answer>(work: () => Promise<Answer>) => connection.answer(OutboxUnavailable, work);
  const behaviours = openSharedBehaviours(connection.database, answer);
  const messages = await answer(() => openOutboxMessages(connection.database, { answer, onError, keptMax }));
  const vendor = startOutboxVendor(
    { mayHang: true, nextBehaviour: behaviours.next, write: messages.write, idOfAttempt: messages.idOfAttempt },
    { clock, resolvesAttempts: true },
  );
  return {
    senders: vendor.senders,
    list: messages.list,
    get: messages.get,
    behave: behaviours.behave,
    [Symbol.asyncDispose]: async () => {
      await vendor[Symbol.asyncDispose]();
      await messages[Symbol.asyncDispose]();
    },
  };
}
