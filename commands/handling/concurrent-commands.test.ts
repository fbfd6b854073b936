/** Commands for one stream that come at once, or through several processes. */
import test from 'ava';
import { v7 } from 'uuid';
import { MESSAGE_LENGTH_MAX_CHARACTERS } from '../../domain/chat/messages.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import type { StoredEvent } from '../../ports/event-log/port.ts';
import { codeOf, eventsIn, givenCommands, signUp, type Process } from '../test-fixture.ts';

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
