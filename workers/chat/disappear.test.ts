/** Messages that disappear, with all workers, from being said to being gone. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { DAY_MS, HOUR_MS, MINUTE_MS, plus } from '../../domain/shared/instant.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { disappearancesStream, messagesStream } from '../../domain/shared/streams.ts';
import { messageId } from '../../projections/read-models/chat/messages.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';
import { DAY_KEY_GRACE_MS, destroyDayKeys, tellDisappeared } from './disappear.ts';
import { post, pushedWords, startChatForTest } from './test-fixture.ts';

const MINUTE_SECONDS = 60;

async function givenDisappearing(config?: Parameters<typeof startChatForTest>[0]) {
  const chat = await startChatForTest(config);
  const { work, ann, channel } = chat;
  await work.commands.setDisappearing({ person: ann, channel, afterSeconds: 10 * MINUTE_SECONDS }, work.by(ann));
  await work.untilIdle();
  return chat;
}

const document = (work: TestWorkers, channel: ChannelId, seq: number) => work.views.get('messages', messageId(channel, seq));
const isGone = async (work: TestWorkers, channel: ChannelId, seq: number) => (await document(work, channel, seq))?.text === null;

async function eventsIn({ log, codec }: TestWorkers, stream: string) {
  const events = [];
  for await (const stored of log.readStream(stream)) events.push(await codec.decode(stored));
  return events;
}

const toldIn = async (work: TestWorkers, channel: ChannelId) =>
  (await eventsIn(work, disappearancesStream(channel))).flatMap((event) => (event.type === 'chat.messages-disappeared.v1' ? [event.data] : []));

const wordsInLog = async (work: TestWorkers, channel: ChannelId): Promise<readonly unknown[]> =>
  (await eventsIn(work, messagesStream(channel))).flatMap((event) => (event.type === 'chat.message-posted.v1' ? [event.data.text] : []));

test('a message disappears at its time: at once for whoever reads the log, from its document soon after, and its key a day later', async (t) => {
  const { work, ann, bob, channel } = await givenDisappearing();
  await using _ = work;
  const seq = await post(work, channel, ann, 'gone soon');
  await work.commands.editMessage({ channel, person: ann, message: seq, text: 'gone very soon' }, work.by(ann));
  await work.untilIdle();
  const said = await document(work, channel, seq);
  t.like(said, { text: 'gone very soon', expiresAt: plus(said?.at ?? work.clock(), 10 * MINUTE_MS) });
  const ratchet = await work.vault.get('channel-ratchet', channel);

  await work.time.advance(9 * MINUTE_MS);
  t.is((await work.commands.reactToMessage({ channel, person: bob, message: seq, emoji: '👍', change: 'added' }, work.by(bob))).outcome, 'appended');
  t.deepEqual(await wordsInLog(work, channel), ['gone soon']);
  await work.time.advance(MINUTE_MS);
  t.deepEqual(await wordsInLog(work, channel), [{ erased: true }]);
  for (const change of [
    work.commands.editMessage({ channel, person: ann, message: seq, text: 'back' }, work.by(ann)),
    work.commands.reactToMessage({ channel, person: bob, message: seq, emoji: '🎉', change: 'added' }, work.by(bob)),
  ])
    t.like(await change, { outcome: 'refused', refusal: { code: 'message-disappeared' } });

  await work.advanceUntil(() => isGone(work, channel, seq));
  t.like(await document(work, channel, seq), { sender: ann, disappeared: true, reactions: { '👍': [bob] } });
  t.deepEqual(
    (await toldIn(work, channel)).map(({ messages, window }) => [messages, window?.upTo]),
    [[[seq], seq]],
  );
  t.deepEqual(await work.vault.get('channel-ratchet', channel), ratchet, 'the day isn’t over');

  const keys = destroyDayKeys(work);
  work.time.setBy(DAY_MS + DAY_KEY_GRACE_MS);
  await keys.sweep(); // only notes what the clocks say
  t.deepEqual(await work.vault.get('channel-ratchet', channel), ratchet);
  await keys.sweep();
  t.true(((await work.vault.get('channel-ratchet', channel))?.day ?? 0) > (ratchet?.day ?? 0));
});

test('the change is told in the history, and what was said before it stays', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  const before = await post(work, channel, ann, 'stays');
  await work.commands.setDisappearing({ person: bob, channel, afterSeconds: MINUTE_SECONDS }, work.by(bob));
  t.is((await work.commands.setDisappearing({ person: bob, channel, afterSeconds: MINUTE_SECONDS }, work.by(bob))).outcome, 'unchanged');
  const ended = await post(work, channel, bob, 'goes');
  await work.commands.setDisappearing({ person: ann, channel, afterSeconds: null }, work.by(ann));
  const after = await post(work, channel, bob, 'stays too');
  await work.advanceUntil(() => isGone(work, channel, ended));
  t.deepEqual([(await document(work, channel, before))?.text, (await document(work, channel, after))?.text], ['stays', 'stays too']);
  const notices = (await eventsIn(work, messagesStream(channel))).flatMap((event) => (event.type === 'chat.notice-added.v1' ? [event.data] : []));
  t.deepEqual(
    notices.map(({ notice, by, afterSeconds }) => ({ notice, by, afterSeconds })),
    [
      { notice: 'disappearing-set', by: bob, afterSeconds: MINUTE_SECONDS },
      { notice: 'disappearing-set', by: ann, afterSeconds: null },
    ],
  );
  t.deepEqual(await wordsInLog(work, channel), ['stays', { erased: true }, 'stays too']);
});

test('across a block neither lets messages disappear, nor tells the history of it', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  await work.commands.block({ person: bob, other: ann }, work.by(bob));
  for (const person of [ann, bob])
    t.like(await work.commands.setDisappearing({ person, channel, afterSeconds: MINUTE_SECONDS }, work.by(person)), {
      outcome: 'refused',
      refusal: { code: 'blocked' },
    });
  t.deepEqual(
    (await eventsIn(work, messagesStream(channel))).map(({ type }) => type),
    [],
  );
});

test('a message that disappears before its push is sent is not pushed', async (t) => {
  const { work, ann, channel } = await givenDisappearing({ chatPushAfterMs: 11 * MINUTE_MS });
  await using _ = work;
  await post(work, channel, ann, 'never pushed');
  await work.time.advance(12 * MINUTE_MS);
  await work.untilIdle();
  t.deepEqual(await pushedWords(work), []);
});

test('the push of a message tells its phone, and the vendor, until when its words may be read', async (t) => {
  const { work, ann, channel } = await givenDisappearing();
  await using _ = work;
  const seq = await post(work, channel, ann, 'seen in time');
  await work.advanceUntil(async () => (await pushedWords(work)).length > 0, { stepMs: 1_000 });
  const [push] = await work.outbox.list({ channel: 'push', limit: 1 });
  t.like(push, { body: 'seen in time', data: { expiresAt: (await document(work, channel, seq))?.expiresAt } });
  t.true((push?.ttlSeconds ?? Infinity) <= 10 * MINUTE_SECONDS);
});

test('a clock that is set forwards and back destroys nothing, and tells of nothing whose time has not come', async (t) => {
  const { work, ann, channel } = await givenDisappearing();
  await using _ = work;
  const seq = await post(work, channel, ann, 'still there');
  await work.untilIdle();
  const ratchet = await work.vault.get('channel-ratchet', channel);
  await work.time.advance(MINUTE_MS);
  work.time.setBy(30 * DAY_MS);
  await work.time.advance(5_000); // a sweep may look in this time, and finds that the clock was set
  work.time.setBy(-30 * DAY_MS);
  await work.time.advance(MINUTE_MS);
  await work.untilIdle();
  t.is((await document(work, channel, seq))?.text, 'still there');
  t.deepEqual(await eventsIn(work, disappearancesStream(channel)), []);
  t.deepEqual(await work.vault.get('channel-ratchet', channel), ratchet);
  await work.advanceUntil(() => isGone(work, channel, seq));
});

test('two sweeps at once, and one that was cut off before the views knew, tell of each message at most twice, and of none too little', async (t) => {
  const { work, ann, channel } = await givenDisappearing();
  await using _ = work;
  const seqs: number[] = [];
  for (let n = 0; n < 5; n++) seqs.push(await post(work, channel, ann, `word ${n}`));
  await work.untilIdle();
  work.time.setBy(HOUR_MS); // the running sweep waits for the clock to be even again
  const sweeps = [tellDisappeared(work), tellDisappeared(work)];
  for (const sweep of sweeps) await sweep.sweep(); // the first look only notes the clock
  await Promise.all(sweeps.map(({ sweep }) => sweep()));
  for (const sweep of sweeps) await sweep.sweep();
  t.deepEqual(
    (await toldIn(work, channel)).flatMap(({ messages }) => messages),
    seqs,
    'the stream knows what was told last',
  );
  await work.untilIdle();
  for (const seq of seqs) t.true(await isGone(work, channel, seq));
});

async function bytesUnder(folder: string): Promise<Buffer> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return Buffer.concat(await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)))));
}

test('an installation that was away for days finds what ended meanwhile, and then nothing of its words is on the disk', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-away-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const words = 'the heron nests in the reeds';
  const { channel, seq, until } = await (async (): Promise<{ channel: ChannelId; seq: number; until: ReturnType<TestWorkers['clock']> }> => {
    await using work = await startWorkersForTest({}, { folder });
    const [ann, bob]: readonly PersonId[] = [await work.person('ann'), await work.person('bob')];
    if (ann === undefined || bob === undefined) throw new Error('nobody');
    const { id } = await work.commands.openDirectChannel({ person: ann, other: bob }, work.by(ann));
    await work.commands.setDisappearing({ person: ann, channel: id, afterSeconds: 2 * 24 * 60 * MINUTE_SECONDS }, work.by(ann));
    const message = await post(work, id, ann, words);
    await work.untilIdle();
    t.is((await document(work, id, message))?.text, words);
    return { channel: id, seq: message, until: work.clock() };
  })();
  t.true((await bytesUnder(folder)).includes(words), 'the view has it');
  {
    await using work = await startWorkersForTest({}, { folder, startAt: plus(until, 5 * DAY_MS) });
    t.deepEqual(await wordsInLog(work, channel), [{ erased: true }]);
    const day = (await work.vault.get('channel-ratchet', channel))?.day ?? 0;
    await work.advanceUntil(() => isGone(work, channel, seq));
    await work.advanceUntil(async () => ((await work.vault.get('channel-ratchet', channel))?.day ?? 0) >= day + 4, { stepMs: 10 * MINUTE_MS });
    work.time.setBy(-6 * DAY_MS);
    t.deepEqual(await wordsInLog(work, channel), [{ erased: true }], 'whatever the clock says now, its key is gone');
  }
  t.false((await bytesUnder(folder)).includes(words));
});
