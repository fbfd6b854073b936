/** The epoch of the log: another one for each restore that the operator tells of, whatever the backup knows of earlier ones. */
import test from 'ava';
import { HOUR_MS, instant, plus, type Instant } from '../../domain/shared/instant.ts';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { restoresStream } from '../../domain/shared/streams.ts';
import { FIRST_EPOCH, type EventLog } from '../../ports/event-log/port.ts';
import { startMemoryPresence } from '../../ports/presence/memory.ts';
import { presenceOfEpoch } from '../adapters/presence-of-epoch.ts';
import { CannotStart } from '../cannot-start.ts';
import { epochOf, recordRestore, restoredAtOf, restoreTimeIn } from './log-epoch.ts';
import { givenLogs } from './test-fixture.ts';

const restoredAt = '2026-07-01T09:30:00.000Z' as Instant;
const clock = () => plus(restoredAt, HOUR_MS);
const recordsIn = async (log: EventLog) =>
  await Promise.all(log.logs.map(async (_, n) => (await Array.fromAsync(log.readStream(restoresStream('log', n)))).length));

test('a restore is recorded once in every log, however often it is told of, and an earlier one changes nothing', async (t) => {
  await using given = await givenLogs(2);
  const dependencies = { ...(await given.dependenciesOf('ours')), clock };
  t.is(await epochOf(dependencies), FIRST_EPOCH);
  await Promise.all([recordRestore(dependencies, restoredAt), recordRestore(dependencies, restoredAt)]);
  await recordRestore(dependencies, restoredAt);
  const epoch = await epochOf(dependencies);
  t.is(restoredAtOf(epoch), restoredAt);
  t.deepEqual(await recordsIn(given.log), [1, 1]);
  await recordRestore(dependencies, plus(restoredAt, -HOUR_MS));
  t.is(await epochOf(dependencies), epoch);
  await recordRestore(dependencies, plus(restoredAt, 1_000));
  t.is(await epochOf(dependencies), epoch + 1);
  t.deepEqual(await recordsIn(given.log), [2, 2]);
});

test('where one of two logs is from before a restore, the other one tells its epoch; and the next restore is another', async (t) => {
  await using given = await givenLogs(2);
  const dependencies = { ...(await given.dependenciesOf('ours')), clock };
  const onlySecond: EventLog = {
    ...given.log,
    // As if the first log were an older backup: what is appended there is gone.
    append: async (stream, events, expected) =>
      stream === restoresStream('log', 0) ? { outcome: 'appended', revision: 0, position: '0.1' as never } : await given.log.append(stream, events, expected),
  };
  await recordRestore({ ...dependencies, log: onlySecond }, restoredAt);
  t.deepEqual(await recordsIn(given.log), [0, 1]);
  t.is(restoredAtOf(await epochOf(dependencies)), restoredAt);
  const again = plus(restoredAt, HOUR_MS);
  await recordRestore(dependencies, again);
  t.deepEqual(await recordsIn(given.log), [1, 2]);
  t.is(restoredAtOf(await epochOf(dependencies)), again);
});

test('what devices had received before a restore says nothing of messages after it', async (t) => {
  await using presence = await startMemoryPresence();
  const [ann, phone, channel] = ['ann' as PersonId, 'phone' as DeviceId, 'crew' as ChannelId];
  await presenceOfEpoch(presence, FIRST_EPOCH).received(ann, phone, channel, 100);
  t.is((await presence.receivedBy([ann], channel)).get(ann), 100);
  const restored = presenceOfEpoch(presence, 1_782_898_200);
  t.is((await restored.receivedBy([ann], channel)).get(ann), undefined);
  await restored.received(ann, phone, channel, 81);
  t.is((await restored.receivedBy([ann], channel)).get(ann), 81);
});

test('a restore that is still to come is refused', async (t) => {
  await using given = await givenLogs(1);
  const dependencies = await given.dependenciesOf('ours');
  const tomorrow = plus(instant(Date.now()), 24 * HOUR_MS);
  await t.throwsAsync(recordRestore(dependencies, tomorrow), { instanceOf: CannotStart, message: /still to come/ });
  t.is(await epochOf(dependencies), FIRST_EPOCH);
});

test('the time of a restore is one moment: with its seconds and its zone', (t) => {
  t.is(restoreTimeIn('2026-07-01T09:30:00Z'), restoredAt);
  t.is(restoreTimeIn('2026-07-01T11:30:00.000+02:00'), restoredAt);
  for (const text of ['', 'now', '2026-07-01', '2026-07-01T09:30Z', '2026-07-01T09:30:00', '2026-02-30T09:30:00Z', '1782898200'])
    t.is(restoreTimeIn(text), undefined, text);
});
