import { START } from '@eventstore/db-client';
import test from 'ava';
import { append, consume, create, statistics, STREAM, until } from './persistent/test-fixture.ts';
import { startTestServer } from './test-fixture.ts';

const HOUR_MS = 3_600_000;

test.serial('a clock set back by an hour holds up neither message timeouts nor checkpoints', async (t) => {
  let backMs = 0;
  await using fixture = await startTestServer({ now: () => Date.now() - backMs });
  const { client } = fixture;
  await create(client, { startFrom: START, messageTimeout: 200, checkPointAfter: 100, checkPointLowerBound: 1 });
  await append(client, STREAM, 'one', 'two');
  await using consumer = consume(client);
  const first = await consumer.next();
  backMs = HOUR_MS;
  await consumer.next();
  const again = await consumer.next();
  t.deepEqual([again.event?.type, again.retryCount], ['one', 1]);
  t.is(first.event?.type, 'one');
  await consumer.subscription.ack(again);
  await until(async () => (await statistics(client)).lastCheckpointedEventRevision === 0n);
  t.is((await statistics(client)).lastCheckpointedEventRevision, 0n);
});
