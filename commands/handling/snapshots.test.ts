import test from 'ava';
import { v7 } from 'uuid';
import { relationships } from '../../domain/people/relationships.ts';
import { relationshipsStream, snapshotStream } from '../../domain/shared/streams.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import { eventsIn, givenCommands, signUp } from '../test-fixture.ts';

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** The same log, counting the events that are read of one stream. */
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

test('a long stream is folded from its snapshot, with the same state and every command remembered', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const key = v7();
  await one.commands.follow({ person: ann, other: bob }, given.context(ann, { key, type: 'follow' }));
  for (let i = 0; i < 600; i++) {
    await one.commands.mute({ person: ann, other: bob }, given.context(ann));
    await one.commands.unmute({ person: ann, other: bob }, given.context(ann));
  }
  const { state } = await given.process().loadState(relationships, relationshipsStream(ann));
  await until(async () => (await eventsIn(given, snapshotStream(relationshipsStream(ann)))).length === 1);
  const counted = countingReads(given.log, relationshipsStream(ann));
  const other = given.process(counted.log);
  t.deepEqual((await other.loadState(relationships, relationshipsStream(ann))).state, state);
  t.true(counted.events() <= 201, String(counted.events()));
  const repeated = await other.commands.follow({ person: ann, other: bob }, given.context(ann, { key, type: 'follow' }));
  t.true(repeated.outcome === 'appended' && repeated.repeated);
});
