/** Withdrawals: nothing is said of a withdrawn message whatever was said since, and each is in the history once. */
import test from 'ava';
import type { MessagesEvent } from '../../domain/chat/events.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { plus } from '../../domain/shared/instant.ts';
import { messageMarksStream, messagesStream } from '../../domain/shared/streams.ts';
import { LogUnavailable, type EventLog } from '../../ports/event-log/port.ts';
import { codeOf, eventsIn, givenCommands, signUp, type CommandsFixture, type Process } from '../test-fixture.ts';

/** The same log, which refuses appends to a channel's messages: a withdrawal is interrupted between its two steps. */
const interrupted = (log: EventLog): EventLog => ({
  ...log,
  append: (stream, events, expected) =>
    stream.startsWith('messages-') ? Promise.reject(new LogUnavailable('It was interrupted.')) : log.append(stream, events, expected),
});

/** Ann's message 0 in a channel of hers and Bob's. */
async function givenMessage(given: CommandsFixture, process: Process) {
  const [ann, bob] = [await signUp(given, process, 'ann'), await signUp(given, process, 'bob')];
  const { id: channel } = await process.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const say = (sender: PersonId, text: string) => process.commands.postMessage({ channel, sender, text, clientId: text }, given.context(sender));
  await say(ann, 'First');
  return { ann, bob, channel, say };
}

async function withdrawalsIn({ log, codec }: CommandsFixture, channel: ChannelId): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const stored of log.readStream(messagesStream(channel))) {
    const event = (await codec.decode(stored)) as unknown as MessagesEvent;
    if (event.type === 'chat.message-withdrawn.v1') found.push(event.data.message);
  }
  return found;
}

test('what is said of a withdrawn message is refused, whatever was said since', async (t) => {
  await using given = await givenCommands();
  const process = given.process();
  const { ann, bob, channel, say } = await givenMessage(given, process);
  await process.commands.withdrawMessage({ channel, person: ann, message: 0 }, given.context(ann));
  for (let i = 0; i < 3; i++) await say(bob, `Since ${i}`);
  for (const one of [process, given.process()]) {
    const { commands } = one;
    t.is(codeOf(await commands.editMessage({ channel, person: ann, message: 0, text: 'Again' }, given.context(ann))), 'message-withdrawn');
    t.is(codeOf(await commands.reactToMessage({ channel, person: bob, message: 0, emoji: '👍', change: 'added' }, given.context(bob))), 'message-withdrawn');
    t.is(codeOf(await commands.pinMessage({ channel, person: bob, message: 0 }, given.context(bob))), 'message-withdrawn');
    const quote = { channel, sender: bob, text: 'You said', clientId: 'q', replyTo: 0, quote: { from: 0, to: 5 } };
    t.is(codeOf(await commands.postMessage(quote, given.context(bob))), 'message-withdrawn');
  }
  t.deepEqual(await withdrawalsIn(given, channel), [0]);
});

for (const idempotency of ['full', 'eventstoredb'] as const)
  test(`a message is withdrawn once: by two processes at once, again under another key, and after other words (${idempotency})`, async (t) => {
    await using given = await givenCommands({ idempotency });
    const process = given.process();
    const { ann, bob, channel, say } = await givenMessage(given, process);
    const withdraw = ({ commands }: Process, key: string) => commands.withdrawMessage({ channel, person: ann, message: 0 }, given.context(ann, { key }));
    const [one, other] = await Promise.all([withdraw(process, 'one'), withdraw(given.process(), 'other')]);
    await say(bob, 'Since');
    const again = await withdraw(given.process(), 'again');
    const places = [one, other, again].map((result) => (result.outcome === 'refused' ? result.refusal.code : result.revision));
    t.deepEqual(new Set(places), new Set([1]), 'each is answered with the place of the one withdrawal');
    t.deepEqual(await withdrawalsIn(given, channel), [0]);
    t.is((await eventsIn(given, messageMarksStream(channel, 0))).length, 1);
  });

test('a withdrawal that was cut off between its steps already refuses what is said of the message, and is finished once by whoever comes', async (t) => {
  await using given = await givenCommands();
  const process = given.process();
  const { ann, bob, channel, say } = await givenMessage(given, process);
  const withdrawal = { channel, person: ann, message: 0 };
  await t.throwsAsync(given.process(interrupted(given.log)).commands.withdrawMessage(withdrawal, given.context(ann, { key: 'w' })), {
    instanceOf: LogUnavailable,
  });
  t.is(codeOf(await process.commands.editMessage({ ...withdrawal, text: 'Again' }, given.context(ann))), 'message-withdrawn');
  await say(bob, 'Since');
  const finish = ({ commands }: Process) => commands.finishWithdrawal(withdrawal, given.context('system:withdrawals'));
  await Promise.all([finish(process), finish(given.process()), given.process().commands.withdrawMessage(withdrawal, given.context(ann, { key: 'w' }))]);
  await finish(given.process());
  t.deepEqual(await withdrawalsIn(given, channel), [0]);
});

/** The same log; the worker takes the second step before whoever took the first can. */
const overtaken = (log: EventLog, marks: string, finish: () => Promise<unknown>): EventLog => ({
  ...log,
  append: async (stream, events, expected) => {
    const appended = await log.append(stream, events, expected);
    if (stream === marks) await finish();
    return appended;
  },
});

test('a withdrawal is told as repeated where this very command was handled before, and not where another took its second step', async (t) => {
  await using given = await givenCommands();
  const process = given.process();
  const { ann, channel } = await givenMessage(given, process);
  const withdrawal = { channel, person: ann, message: 0 };
  const told = async ({ commands }: Process, key: string) => {
    given.now = plus(given.now, 1);
    const result = await commands.withdrawMessage(withdrawal, given.context(ann, { key }));
    return result.outcome === 'appended' ? `${result.outcome}, ${result.repeated ? 'repeated' : 'new'}` : result.outcome;
  };
  const finish = () => process.commands.finishWithdrawal(withdrawal, given.context('system:withdrawals'));
  t.is(await told(given.process(overtaken(given.log, messageMarksStream(channel, 0), finish)), 'one'), 'unchanged');
  t.is(await told(given.process(), 'other'), 'unchanged');
  t.is(await told(given.process(), 'one'), 'appended, repeated');
  t.deepEqual(await withdrawalsIn(given, channel), [0]);
});

test('one’s own words are withdrawn after one has left, and across a block, and nobody else’s are', async (t) => {
  await using given = await givenCommands();
  const process = given.process();
  const { commands } = process;
  const { ann, bob, channel } = await givenMessage(given, process);
  await commands.block({ person: bob, other: ann }, given.context(bob));
  t.is(codeOf(await commands.withdrawMessage({ channel, person: ann, message: 0 }, given.context(ann))), 'appended');

  const { id: group } = await commands.openGroupChannel({ person: ann, members: [] }, given.context(ann));
  await commands.postMessage({ channel: group, sender: ann, text: 'Alone', clientId: 'a' }, given.context(ann));
  t.is(codeOf(await commands.withdrawMessage({ channel: group, person: bob, message: 0 }, given.context(bob))), 'channel-unknown');
  await commands.leaveChannel({ person: ann, channel: group }, given.context(ann));
  t.is(codeOf(await commands.postMessage({ channel: group, sender: ann, text: 'More', clientId: 'b' }, given.context(ann))), 'channel-unknown');
  t.is(codeOf(await commands.withdrawMessage({ channel: group, person: ann, message: 0 }, given.context(ann))), 'appended');
  t.deepEqual(await withdrawalsIn(given, group), [0]);
});

test('a message that nothing was said of has no stream of its own', async (t) => {
  await using given = await givenCommands();
  const process = given.process();
  const { ann, channel } = await givenMessage(given, process);
  await process.commands.editMessage({ channel, person: ann, message: 0, text: 'Better' }, given.context(ann));
  t.deepEqual(await eventsIn(given, messageMarksStream(channel, 0)), []);
});
