/** Commands for one stream that come at once, or through several processes. */
import test, { type ExecutionContext } from 'ava';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { v7 } from 'uuid';
import { MESSAGE_LENGTH_MAX_CHARACTERS } from '../../domain/chat/messages.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import { startMemoryAdvisoryLocks } from '../../ports/advisory-locks/memory.ts';
import { AdvisoryLocksUnavailable } from '../../ports/advisory-locks/port.ts';
import type { EventLog, StoredEvent } from '../../ports/event-log/port.ts';
import { placesInOrder } from './in-order.ts';
import { codeOf, eventsIn, givenCommands, signUp, type OwnParts, type Process } from '../test-fixture.ts';

test('of a hundred messages to one channel at once, from several processes, none is refused, and seq has no gap', async (t) => {
  await using given = await givenCommands();
  const processes = [given.process(), given.process(), given.process()];
  const [ann, bob] = [await signUp(given, processes[0] as Process, 'ann'), await signUp(given, processes[0] as Process, 'bob')];
  const { id: channel } = await (processes[0] as Process).commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const results = await Promise.all(
    Array.from({ length: 100 }, (_, i) => {
      const { commands } = processes[i % processes.length] as Process;
      const sender = i % 2 === 0 ? ann : bob;
      const clientId = v7();
      return commands.postMessage({ channel, sender, text: `message ${i}`, clientId }, given.context(sender, { key: clientId }));
    }),
  );
  t.deepEqual(
    results.map((result) => (result.outcome === 'appended' ? result.revision : -1)).sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => i),
  );
  const last = await given.codec.decode((await eventsIn(given, messagesStream(channel))).at(-1) as StoredEvent);
  t.is((last.data as { messageCount: number }).messageCount, 100);
});

test('a process that loses to a faster one many times in a row gets its turn', async (t) => {
  await using given = await givenCommands();
  const faster = given.process();
  const [ann, bob] = [await signUp(given, faster, 'ann'), await signUp(given, faster, 'bob')];
  const { id: channel } = await faster.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const post = ({ commands }: Process) => commands.postMessage({ channel, sender: ann, text: 'Hello.', clientId: v7() }, given.context(ann));
  let losesLeft = 15;
  const slower = given.process({
    ...given.log,
    append: async (stream, events, expected) => {
      if (stream === messagesStream(channel) && losesLeft-- > 0) await post(faster);
      return await given.log.append(stream, events, expected);
    },
  });
  t.is(codeOf(await post(slower)), 'appended');
  t.true(losesLeft < 0);
});

test('of long messages at once, more than one append can hold, none is refused, and seq has no gap', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const { id: channel } = await one.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const text = '😀'.repeat(MESSAGE_LENGTH_MAX_CHARACTERS);
  const results = await Promise.all(
    Array.from({ length: 8 }, () => one.commands.postMessage({ channel, sender: ann, text, clientId: v7() }, given.context(ann))),
  );
  t.deepEqual(
    results.map((result) => (result.outcome === 'appended' ? result.revision : -1)),
    Array.from({ length: 8 }, (_, i) => i),
  );
});

test('a command is decided on what other processes have appended, not on what this one remembers', async (t) => {
  await using given = await givenCommands();
  const [one, other] = [given.process(), given.process()];
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const choices = (wanted: boolean) => [{ category: 'news', channel: '*', wanted }] as const;
  for (let round = 0; round < 2; round++) {
    t.is(codeOf(await one.commands.setPreferences({ person: ann, choices: choices(false) }, given.context(ann))), 'appended');
    t.is(codeOf(await other.commands.setPreferences({ person: ann, choices: choices(true) }, given.context(ann))), 'appended');
  }
  const { id: channel } = await one.commands.openGroupChannel({ person: ann, members: [] }, given.context(ann));
  t.is(codeOf(await other.commands.removeMember({ person: ann, channel, member: bob }, given.context(ann))), 'unchanged');
  await one.commands.addMember({ person: ann, channel, member: bob }, given.context(ann));
  await one.commands.acceptInvitation({ person: bob, channel }, given.context(bob));
  t.is(codeOf(await other.commands.removeMember({ person: ann, channel, member: bob }, given.context(ann))), 'appended');
});

/** What processes that each post one message after the other ask of the log’s appends. */
async function appendsOf(t: ExecutionContext, own: OwnParts): Promise<{ readonly appended: number; readonly conflicts: number }> {
  await using given = await givenCommands();
  const counts = { appended: 0, conflicts: 0 };
  let counted = '';
  const log: EventLog = {
    ...given.log,
    append: async (stream, events, expected) => {
      const result = await given.log.append(stream, events, expected);
      if (stream === counted) counts[result.outcome === 'appended' ? 'appended' : 'conflicts']++;
      return result;
    },
  };
  const processes = Array.from({ length: 4 }, () => given.process(log, own));
  const one = processes[0] as Process;
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const { id: channel } = await one.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  counted = messagesStream(channel);
  const post = ({ commands }: Process) => commands.postMessage({ channel, sender: ann, text: 'Hello.', clientId: v7() }, given.context(ann));
  await Promise.all(
    processes.map(async (process) => {
      for (let n = 0; n < 25; n++) t.is(codeOf(await post(process)), 'appended');
    }),
  );
  t.is((await eventsIn(given, counted)).length, 100);
  return counts;
}

test('processes that append to one stream at once take turns at it: nearly no decision is made in vain', async (t) => {
  await using locks = await startMemoryAdvisoryLocks();
  const { appended, conflicts } = await appendsOf(t, { locks });
  t.is(appended, 100);
  t.true(conflicts <= 10, `${conflicts} conflicts`);
});

test('where turns can’t be had, processes that append to one stream go on without', async (t) => {
  const locks = { acquire: () => Promise.reject(new AdvisoryLocksUnavailable('gone')), [Symbol.asyncDispose]: () => Promise.resolve() };
  t.is((await appendsOf(t, { locks })).appended, 100);
});

test('commands that are under way together are in the log in their order, whatever each has to load, and one that ends early holds up nobody', async (t) => {
  await using given = await givenCommands();
  let appends = 0;
  const one = given.process({
    ...given.log,
    append: (stream, events, expected) => {
      if (stream.startsWith('messages-')) appends++;
      return given.log.append(stream, events, expected);
    },
  });
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const { id: channel } = await one.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const nextPlace = placesInOrder();
  const results = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const place = nextPlace();
      for (let ticks = 20 - n; ticks > 0; ticks--) await nextTurn(); // the last is the first to be ready
      try {
        if (n === 7) return undefined;
        const text = n === 3 ? ' ' : `message ${n}`;
        return await one.commands.postMessage({ channel, sender: ann, text, clientId: v7() }, { ...given.context(ann), place });
      } finally {
        place.leave();
      }
    }),
  );
  t.deepEqual(
    results.flatMap((result) => (result?.outcome === 'appended' ? [result.revision] : [])),
    Array.from({ length: 18 }, (_, revision) => revision),
  );
  t.is(results[3]?.outcome, 'refused');
  t.true(appends <= 3, `${appends} appends`);
});
