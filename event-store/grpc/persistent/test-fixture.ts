/** One stream, one group and the official client, for the tests of persistent subscriptions. */
import {
  jsonEvent,
  persistentSubscriptionToStreamSettingsFromDefaults as toStreamSettings,
  START,
  type EventStoreDBClient,
  type PersistentSubscriptionToStreamResolvedEvent,
  type PersistentSubscriptionToStreamSettings,
} from '@eventstore/db-client';
import type { ExecutionContext } from 'ava';

const happened = (type: string) => jsonEvent({ type, data: {} });
export const append = (client: EventStoreDBClient, stream: string, ...types: string[]) => client.appendToStream(stream, types.map(happened));

export const STREAM = 'room-1';
export const GROUP = 'pushers';

export const create = (client: EventStoreDBClient, settings: Partial<PersistentSubscriptionToStreamSettings> = {}) =>
  client.createPersistentSubscriptionToStream(STREAM, GROUP, toStreamSettings({ startFrom: START, ...settings }));

/** A consumer whose messages the test takes one by one. */
export function consume(client: EventStoreDBClient, bufferSize = 10) {
  const subscription = client.subscribeToPersistentSubscriptionToStream(STREAM, GROUP, { bufferSize });
  const events = subscription[Symbol.asyncIterator]() as AsyncIterator<PersistentSubscriptionToStreamResolvedEvent>;
  return {
    subscription,
    next: async () => (await events.next()).value as PersistentSubscriptionToStreamResolvedEvent,
    ended: async (t: ExecutionContext) => t.throwsAsync(async () => void (await events.next())),
    [Symbol.asyncDispose]: async () => {
      subscription.on('error', () => {});
      await subscription.unsubscribe();
    },
  };
}

export const statistics = async (client: EventStoreDBClient) => (await client.getPersistentSubscriptionToStreamInfo(STREAM, GROUP)).stats;

/** Polls until the condition holds; the test's timeout ends it otherwise. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
