// Follows events in a persistent subscription, which shares them among all workers of its group: start as many as you like. What one
// of them had when it died comes again to another; an event that none can work on is parked, and waits for an operator.
// EVENT_STORE is the connection string, with a user who may make groups and read $all: esdb://admin:…@localhost:2113?tlsCaFile=…
import {
  EventStoreDBClient,
  PersistentSubscriptionExistsError,
  PARK,
  eventTypeFilter,
  persistentSubscriptionToAllSettingsFromDefaults,
} from '@eventstore/db-client';

const GROUP = 'counters';
const client = EventStoreDBClient.connectionString(process.env.EVENT_STORE);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

try {
  await client.createPersistentSubscriptionToAll(
    GROUP,
    persistentSubscriptionToAllSettingsFromDefaults({ startFrom: 'start', messageTimeout: 10_000, maxRetryCount: 5 }),
    { filter: eventTypeFilter({ prefixes: ['feed.post-published.', 'chat.message-posted.'] }) },
  );
} catch (error) {
  if (!(error instanceof PersistentSubscriptionExistsError)) throw error; // another worker was the first
}

// An event may come twice: what is done with it is known by its id, here as a line that whoever reads the lines counts once.
function work({ id, type, streamId, revision, data }) {
  if (data.channel === process.env.EVENT_STORE_CANT_WORK_ON) throw new Error(`nobody can work on ${streamId}@${revision}`);
  process.stdout.write(`${JSON.stringify({ id, type, stream: streamId, revision: Number(revision) })}\n`);
}

while (!stop.signal.aborted) {
  const messages = client.subscribeToPersistentSubscriptionToAll(GROUP);
  const leave = () => void messages.unsubscribe();
  stop.signal.addEventListener('abort', leave);
  try {
    for await (const message of messages) {
      try {
        work(message.event);
        await messages.ack(message);
      } catch (error) {
        await messages.nack(PARK, String(error), message);
      }
    }
  } catch (error) {
    process.stderr.write(`${String(error)}\n`); // the server is away, perhaps: the group is there when it comes back
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  } finally {
    stop.signal.removeEventListener('abort', leave);
  }
}
await client.dispose();
