/** Messages that are sent later: once, whoever does it and whatever stops in between. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { changeScheduledMessage, scheduleMessage, type ScheduleMessage } from '../../commands/chat/later/scheduled-messages.ts';
import { erased } from '../../domain/shared/event.ts';
import type { ScheduledMessageEvent } from '../../domain/chat/scheduled/events.ts';
import { DRAFT_KEPT_MS, scheduledMessage } from '../../domain/chat/scheduled/scheduled-message.ts';
import type { MessagesEvent } from '../../domain/chat/events.ts';
import type { ChannelId, PersonId, ScheduledMessageId } from '../../domain/shared/ids.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, plus } from '../../domain/shared/instant.ts';
import { messagesStream, scheduledMessageStream } from '../../domain/shared/streams.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';
import { sweepScheduledMessages } from './scheduled-messages.ts';

let work: TestWorkers;
test.before(async () => void (work = await startWorkersForTest()));
test.after.always(() => work[Symbol.asyncDispose]());

/** What the workers do when the messages are due, without all that happens until then. */
const sweepLater = async (): Promise<void> => {
  await work.untilIdle();
  const { commands, contextFor, log, codec, loadState, views } = work;
  const clock = () => plus(work.clock(), 2 * HOUR_MS);
  await sweepScheduledMessages({ reader: { log, codec, loadState }, views, commands, contextFor, clock }).sweep();
  await work.untilIdle();
};

async function channelOf(owner: PersonId): Promise<ChannelId> {
  const { id } = await work.commands.openGroupChannel({ person: owner, members: [], title: 'Choir' }, work.by(owner));
  return id;
}

async function schedule(sender: PersonId, channel: ChannelId, draft: Partial<ScheduleMessage> = {}): Promise<ScheduledMessageId> {
  const asked = { sender, channel, text: 'Later', sendAt: plus(work.clock(), HOUR_MS), ...draft };
  const { id, handled } = await work.commands.scheduleMessage(asked, work.by(sender));
  if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
  await work.untilIdle();
  return id;
}

const statusOf = async (id: ScheduledMessageId) => (await work.loadState(scheduledMessage, scheduledMessageStream(id))).state.status;
const rowsOf = (sender: PersonId) => work.views.find('scheduled-messages', { where: { sender }, order: { place: 1 }, limit: 10 });
async function postedIn(channel: ChannelId): Promise<readonly MessagesEvent[]> {
  const stored = await Array.fromAsync(work.log.readStream(messagesStream(channel)));
  const events = (await work.codec.decodeAll(stored)) as unknown as readonly MessagesEvent[];
  return events.filter(({ type }) => type === 'chat.message-posted.v1');
}

test.serial('a message is sent when its time has come and not before, with what was changed, and once', async (t) => {
  const ann = await work.person(randomUUID());
  const channel = await channelOf(ann);
  const id = await schedule(ann, channel, { sendAt: plus(work.clock(), MINUTE_MS) });
  const sendAt = plus(work.clock(), 3 * MINUTE_MS);
  const entities = [{ kind: 'bold', from: 0, to: 5 }] as const;
  await work.commands.changeScheduledMessage({ scheduled: id, sender: ann, channel, text: 'Later still', entities, sendAt }, work.by(ann));
  await work.time.advance(2 * MINUTE_MS);
  await work.untilIdle();
  t.deepEqual([await statusOf(id), (await postedIn(channel)).length, (await rowsOf(ann)).length], ['waiting', 0, 1]);
  await work.advanceUntil(async () => (await statusOf(id)) === 'sent');
  await work.untilIdle();
  const posted = await postedIn(channel);
  t.is(posted.length, 1);
  t.like(posted[0]?.data, { sender: ann, text: 'Later still', entities, clientId: id });
  t.deepEqual(await rowsOf(ann), []);
});

test.serial('two workers at once, and one days after a stop at any step, send it once', async (t) => {
  const ann = await work.person(randomUUID());
  const channel = await channelOf(ann);
  const { commands, contextFor, log, codec, loadState } = work;
  const later = plus(work.clock(), HOUR_MS);
  const id = await schedule(ann, channel);
  const due = (await rowsOf(ann)).filter(({ scheduled }) => scheduled === id);
  /** The view never learns that anything has happened. */
  const views = { find: async () => due } as never;
  const dependencies = { reader: { log, codec, loadState }, views, commands, contextFor, clock: () => later };
  const killed = () => Promise.reject(new Error('killed'));
  await t.throwsAsync(sweepScheduledMessages({ ...dependencies, commands: { ...commands, postMessage: killed } }).sweep(), { message: 'killed' });
  t.is((await postedIn(channel)).length, 0);
  await t.throwsAsync(sweepScheduledMessages({ ...dependencies, commands: { ...commands, endScheduledMessage: killed } }).sweep(), { message: 'killed' });
  t.is(await statusOf(id), 'begun');
  t.is((await postedIn(channel)).length, 1);
  // Meanwhile much is said, and whoever was stopped is away for longer than keys are remembered.
  for (let n = 0; n < 20; n++) await commands.postMessage({ channel, sender: ann, text: `${n}`, clientId: `${n}` }, work.by(ann));
  const again = sweepScheduledMessages({ ...dependencies, clock: () => plus(later, 3 * DAY_MS) });
  await Promise.all([again.sweep(), again.sweep()]);
  await again.sweep();
  t.is(await statusOf(id), 'sent');
  t.is((await postedIn(channel)).filter(({ data }) => 'clientId' in data && data.clientId === id).length, 1);
});

test.serial('a message that could not be sent for reasons of ours is sent when it can be', async (t) => {
  const ann = await work.person(randomUUID());
  const channel = await channelOf(ann);
  const id = await schedule(ann, channel);
  const { commands, contextFor, log, codec, loadState, views } = work;
  const busy = () => Promise.resolve({ outcome: 'refused', refusal: { code: 'write-contention' } } as const);
  const reader = { log, codec, loadState };
  const clock = () => plus(work.clock(), 2 * HOUR_MS);
  await sweepScheduledMessages({ reader, views, commands: { ...commands, postMessage: busy }, contextFor, clock }).sweep();
  t.is(await statusOf(id), 'begun');
  await sweepLater();
  t.is(await statusOf(id), 'sent');
});

test.serial('once it is begun nobody changes or cancels it, and nobody else ever does', async (t) => {
  const [ann, bob] = [await work.person(randomUUID()), await work.person(randomUUID())];
  const channel = await channelOf(ann);
  const id = await schedule(ann, channel);
  const codeOf = async (handled: Promise<{ readonly outcome: string; readonly refusal?: { readonly code: string } }>) => {
    const { outcome, refusal } = await handled;
    return refusal?.code ?? outcome;
  };
  t.is(await codeOf(work.commands.cancelScheduledMessage({ scheduled: id, channel, sender: bob }, work.by(bob))), 'scheduled-message-unknown');
  await work.commands.beginScheduledMessage({ scheduled: id }, { ...work.by('system:test'), at: plus(work.clock(), 2 * HOUR_MS) });
  t.is(await codeOf(work.commands.cancelScheduledMessage({ scheduled: id, channel, sender: ann }, work.by(ann))), 'scheduled-message-begun');
  await sweepLater();
  t.is(await statusOf(id), 'sent');
  t.is((await postedIn(channel)).length, 1);
});

test.serial('who has left the channel by then is told why it wasn’t sent, and takes it away', async (t) => {
  const [ann, bob] = [await work.person(randomUUID()), await work.person(randomUUID())];
  const channel = await channelOf(ann);
  await work.commands.addMember({ person: ann, channel, member: bob }, work.by(ann));
  await work.commands.acceptInvitation({ person: bob, channel }, work.by(bob));
  const id = await schedule(bob, channel);
  await work.commands.leaveChannel({ person: bob, channel }, work.by(bob));
  await sweepLater();
  t.is(await statusOf(id), 'refused');
  t.like((await rowsOf(bob))[0], { scheduled: id, refusal: 'channel-unknown', dueAt: null });
  await work.commands.cancelScheduledMessage({ scheduled: id, channel, sender: bob }, work.by(bob));
  await work.untilIdle();
  t.deepEqual([await rowsOf(bob), await postedIn(channel)], [[], []]);
});

test.serial('of a sender who was erased nothing is sent', async (t) => {
  const ann = await work.person(randomUUID());
  const channel = await channelOf(ann);
  const id = await schedule(ann, channel);
  await work.commands.erasePerson({ person: ann }, work.by(ann));
  await sweepLater();
  t.is(await statusOf(id), 'waiting', 'nobody looks at it any more');
  t.deepEqual(await postedIn(channel), []);
  t.is((await rowsOf(ann))[0]?.draft, null);
});

test.serial('what would be refused now is not scheduled', async (t) => {
  const [ann, bob] = [await work.person(randomUUID()), await work.person(randomUUID())];
  const channel = await channelOf(ann);
  const sendAt = plus(work.clock(), HOUR_MS);
  for (const [sender, draft, code] of [
    [ann, { text: ' ' }, 'message-empty'],
    [ann, { text: 'Me', replyTo: 7 }, 'message-unknown'],
    [bob, { text: 'Me' }, 'channel-unknown'],
    [ann, { text: 'Me', sendAt: work.clock() }, 'message-send-at-out-of-range'],
  ] as const) {
    const { handled } = await work.commands.scheduleMessage({ sender, channel, sendAt, ...draft }, work.by(sender));
    t.is(handled.outcome === 'refused' ? handled.refusal.code : handled.outcome, code);
  }
});

async function draftsOf(id: ScheduledMessageId): Promise<readonly unknown[]> {
  const stored = await Array.fromAsync(work.log.readStream(scheduledMessageStream(id)));
  const events = (await work.codec.decodeAll(stored)) as unknown as readonly ScheduledMessageEvent[];
  return events.flatMap(({ data }) => ('draft' in data ? [data.draft] : []));
}

test.serial('what was scheduled where it disappears leaves no words in the log, whether it was sent or its time has passed', async (t) => {
  const ann = await work.person(randomUUID());
  const channel = await channelOf(ann);
  await work.commands.setDisappearing({ person: ann, channel, afterSeconds: HOUR_MS / 1_000 }, work.by(ann));
  const sent = await schedule(ann, channel);
  await sweepLater();
  t.is(await statusOf(sent), 'sent');
  t.deepEqual(await draftsOf(sent), [{ text: 'Later' }]);
  const missed = await schedule(ann, channel);
  t.is(await work.vault.get('channel-ratchet', sent), undefined, 'its channel’s ratchet is enough');
  const days = DRAFT_KEPT_MS + DAY_MS;
  work.time.setBy(days);
  t.deepEqual([await draftsOf(sent), await draftsOf(missed)], [[erased], [erased]]);
  await sweepLater();
  t.like((await rowsOf(ann))[0], { scheduled: missed, refusal: 'message-disappeared' });
  await work.commands.destroyPastDays({ at: work.clock() });
  work.time.setBy(-days);
  t.deepEqual(await draftsOf(sent), [erased], 'whatever the clock says now, its key is gone');
});

test.serial('a draft stays no longer than the installation keeps messages, whatever its channel says', async (t) => {
  const ann = await work.person(randomUUID());
  const channel = await channelOf(ann);
  await work.commands.setDisappearing({ person: ann, channel, afterSeconds: DAY_MS / 1_000 }, work.by(ann));
  const endsOf = async (id: ScheduledMessageId) => {
    const [stored] = await Array.fromAsync(work.log.readStream(scheduledMessageStream(id), { direction: 'backwards', limit: 1 }));
    return (JSON.parse(Buffer.from(stored?.data ?? '').toString()) as { readonly expiresAt?: string }).expiresAt;
  };
  const sendAt = plus(work.clock(), HOUR_MS);
  const asked = { sender: ann, channel, text: 'Later', sendAt };
  for (const [messagesKeptSeconds, keptMs] of [
    [60, MINUTE_MS],
    [2 * (DAY_MS / 1_000), DAY_MS],
    [undefined, DAY_MS],
  ] as const) {
    const kept = { ...work, messagesKeptSeconds };
    const { id } = await scheduleMessage(kept)(asked, work.by(ann));
    t.is(await endsOf(id), plus(sendAt, keptMs + DRAFT_KEPT_MS));
    await changeScheduledMessage(kept)({ ...asked, scheduled: id, text: 'Later still' }, work.by(ann));
    t.is(await endsOf(id), plus(sendAt, keptMs + DRAFT_KEPT_MS));
  }
});
