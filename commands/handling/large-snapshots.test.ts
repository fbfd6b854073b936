/** Snapshots of states that are too large for one append, and snapshots that can't be read or taken. */
import { randomBytes } from 'node:crypto';
import test from 'ava';
import { v7 } from 'uuid';
import type { TidingsEvent } from '../../domain/events.ts';
import { BLOCKS_MAX, FOLLOWS_MAX, FRIENDS_MAX, MUTES_MAX, relationships, type RelationshipsState } from '../../domain/people/relationships.ts';
import type { AnyDecider } from '../../domain/shared/decider.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { relationshipsStream, snapshotStream } from '../../domain/shared/streams.ts';
import type { EventLog, Position } from '../../ports/event-log/port.ts';
import { eventsIn, givenCommands, type CommandsFixture } from '../test-fixture.ts';
import { createHandling } from './handle.ts';
import { PART_CHARACTERS_MAX } from './packed-state.ts';
import { snapshotsIn } from './snapshots.ts';

const APPEND_EVENTS = 500;

async function appendAll({ log, codec, now }: CommandsFixture, stream: string, events: readonly TidingsEvent[]): Promise<void> {
  let expected: number | 'no-stream' = 'no-stream';
  for (let from = 0; from < events.length; from += APPEND_EVENTS) {
    const encoded = events.slice(from, from + APPEND_EVENTS).map((event) => {
      const command = v7();
      return codec.encode(stream, { id: v7(), event, metadata: { $correlationId: command, actor: 'a test', at: now, command, request: command } });
    });
    const appended = await log.append(stream, await Promise.all(encoded), expected);
    if (appended.outcome === 'conflict') throw new Error('another writer');
    expected = appended.revision;
  }
}

const people = (count: number): readonly PersonId[] => Array.from({ length: count }, () => v7() as PersonId);

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

function countingReads(log: EventLog, stream: string) {
  let events = 0;
  const readStream: EventLog['readStream'] = async function* (read, options) {
    for await (const event of log.readStream(read, options)) {
      if (read === stream) events++;
      yield event;
    }
  };
  return { log: { ...log, readStream }, events: () => events };
}

test('a person with as many friends, follows, mutes and blocks as there may be is folded from a snapshot', async (t) => {
  await using given = await givenCommands();
  const person = v7() as PersonId;
  const stream = relationshipsStream(person);
  await appendAll(given, stream, [
    ...people(FOLLOWS_MAX).map((other): TidingsEvent => ({ type: 'people.followed.v1', data: { person: other } })),
    ...people(MUTES_MAX).map((other): TidingsEvent => ({ type: 'people.muted.v1', data: { person: other } })),
    ...people(BLOCKS_MAX).map((other): TidingsEvent => ({ type: 'people.blocked.v1', data: { person: other } })),
    ...people(FRIENDS_MAX).map((friend): TidingsEvent => ({ type: 'people.friend-slot-taken.v1', data: { friend, round: 3, at: given.now } })),
  ]);
  const failures: unknown[] = [];
  const onSnapshotFailure = (_: string, error: unknown) => failures.push(error);
  const { state } = await createHandling({ log: given.log, codec: given.codec, onSnapshotFailure }).loadState(relationships, stream);
  await until(async () => failures.length > 0 || (await eventsIn(given, snapshotStream(stream))).length > 0);
  t.deepEqual(failures, []);
  const counted = countingReads(given.log, stream);
  const loaded = await createHandling({ log: counted.log, codec: given.codec }).loadState(relationships, stream);
  t.deepEqual(loaded.state, state);
  t.is(loaded.state.friendReservations.size, FRIENDS_MAX);
  t.is(counted.events(), 0);
});

const decider: AnyDecider = { snapshotVersion: 1, initialState: undefined, evolve: () => undefined, decide: () => ({ outcome: 'accepted', events: [] }) };
const STREAM = 'channel-a';
const OF = { revision: 999, position: '0.999' as Position };

/** Text that can't be compressed by much: as many characters as `parts` parts have together, in base64. */
const stateOfParts = (parts: number) => ({ text: randomBytes(((parts - 0.5) * PART_CHARACTERS_MAX * 3) / 4).toString('base64') });

test('a state of several megabytes is kept in parts, of which only the newest snapshot’s are kept', async (t) => {
  await using given = await givenCommands();
  const snapshots = snapshotsIn(given);
  for (const [round, parts] of [1, 4, 3].entries()) {
    const snapshot = { ...OF, revision: 1_000 * (round + 1), state: stateOfParts(parts), at: given.now };
    await snapshots.take(decider, STREAM, snapshot);
    t.deepEqual(await snapshots.loadNewest(decider, STREAM), snapshot);
    t.is((await eventsIn(given, snapshotStream(STREAM))).length, parts);
  }
  const small = { ...OF, revision: 9_000, state: { text: 'short' }, at: given.now };
  await snapshots.take(decider, STREAM, small);
  t.deepEqual(await snapshots.loadNewest(decider, STREAM), small);
  t.is((await eventsIn(given, snapshotStream(STREAM))).length, 1);
});

test('a snapshot of which the last part was never written is as good as none', async (t) => {
  await using given = await givenCommands();
  let appends = 0;
  const stopping: EventLog = {
    ...given.log,
    append: (...append) => (++appends === 3 ? Promise.reject(new Error('killed')) : given.log.append(...append)),
  };
  const failures: string[] = [];
  await snapshotsIn({ ...given, log: stopping, onSnapshotFailure: (stream, error) => failures.push(`${stream}: ${String(error)}`) }).take(decider, STREAM, {
    ...OF,
    state: stateOfParts(3),
    at: given.now,
  });
  t.deepEqual(failures, [`${STREAM}: Error: killed`]);
  t.is(await snapshotsIn(given).loadNewest(decider, STREAM), undefined);
});

test('a snapshot that can’t be read is reported, and the stream is folded from its start', async (t) => {
  await using given = await givenCommands();
  const person = v7() as PersonId;
  const stream = relationshipsStream(person);
  const [other] = people(1) as [PersonId];
  await appendAll(given, stream, [{ type: 'people.followed.v1', data: { person: other } }]);
  const damaged: EventLog = {
    ...given.log,
    async *readStream(read, options) {
      if (read === snapshotStream(stream)) throw new Error('The record at position 7 is damaged.');
      yield* given.log.readStream(read, options);
    },
  };
  const failures: string[] = [];
  const { loadState } = createHandling({ log: damaged, codec: given.codec, onSnapshotFailure: (of, error) => failures.push(`${of}: ${String(error)}`) });
  const { state } = (await loadState(relationships, stream)) as { state: RelationshipsState };
  t.is(state.follows.size, 1);
  t.deepEqual(failures, [`${stream}: Error: The record at position 7 is damaged.`]);
});
