/** Losing every view and cache costs a rebuild: every query answers as before, and nothing is caused again or not at all. */
import test from 'ava';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 } from 'uuid';
import type { EventLog } from '../../ports/event-log/port.ts';
import { covers } from '../../ports/event-log/position.ts';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { as, gather, hasPhone, keyIn, signatureOf, type Cast } from './actors.ts';
import { openPhones, play } from './load.ts';
import { untold, outboxOf } from './notifications-model.ts';
import { keepNotification, keepPost, keepSaid, nothingYet, type Acknowledged } from './acknowledged.ts';
import { expectStatus, settled, TEST_TIMEOUT_MS, until, untilNone, write, type Site } from './installation.ts';
import { differences, snapshotOf } from './query-snapshot.ts';
import { faultsIn } from './model.ts';

const SEED = 19_840_101;
/** Those who look for lost deliveries, ranges, fan-outs and pushes have each looked once by then. */
const SWEPT_WITHIN_MS = 21_000;

type House = Awaited<ReturnType<typeof startTidingsForTest>>;
const siteOf = ({ addresses }: Pick<House, 'addresses'>): Site => ({ addresses: () => Promise.resolve(addresses), adminToken: ADMIN_TOKEN });
const viewsIn = (folder: string) => join(folder, 'views.sqlite');

async function loseViews(folder: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(viewsIn(folder) + suffix, { force: true });
}

/** What is told of this very process: how far its projections are, and who is there, or not any more, since the last one's gateway is gone. */
const OF_THE_PROCESS = /^operations\.|^chat\.(gateway-lost|presence-changed)\./;

/** By type. */
async function eventsIn(log: EventLog): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const name of log.logs) {
    const head = await log.head(name);
    const stop = new AbortController();
    for await (const { events, position } of log.subscribe(name, { signal: stop.signal })) {
      for (const { type } of events) if (!OF_THE_PROCESS.test(type)) counts[type] = (counts[type] ?? 0) + 1;
      if (head === undefined || (position !== undefined && covers(position, head))) break;
    }
    stop.abort();
  }
  return counts;
}

test('without views and caches it builds them again: every query answers as before, and nothing is sent or said again', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  t.log(`seed ${SEED}`);
  await using folder = await temporaryFolder();
  const acknowledged = nothingYet();
  let cast: Cast;
  let before;
  {
    await using house = await startTidingsForTest(folder.path);
    const site = siteOf(house);
    cast = await gather(site, { run: 'rebuilt', size: 8 });
    {
      await using phones = await openPhones(site, cast);
      await play(site, cast, phones, acknowledged, { seed: SEED, name: 'load', stepsEach: 30, notifications: 12 });
    }
    await settled(site);
    await untilNone('news untold', () => untold(site, cast, acknowledged));
    await settled(site);
    before = { answers: await snapshotOf(site, cast, acknowledged), outbox: await outboxOf(site), events: await eventsIn(house.adapters.log) };
  }
  await loseViews(folder.path);
  await using house = await startTidingsForTest(folder.path);
  const site = siteOf(house);
  await settled(site);
  t.deepEqual(differences(before.answers, await snapshotOf(site, cast, acknowledged)), []);
  await sleep(SWEPT_WITHIN_MS); // what is repeated by mistake is so when a sweeper comes upon it
  await settled(site);
  t.deepEqual(await outboxOf(site), before.outbox);
  t.deepEqual(await eventsIn(house.adapters.log), before.events);
});

/** More than are planned at once. */
const RECIPIENTS = 22;
/** Longer than the first house lasts, however slow the machine: when it ends, nobody has looked whether anything was received. */
const NOT_YET_MS = 10 * 60_000;

test('when the views are lost in the middle of work, none of it is dropped and none of it is done twice', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  const acknowledged = nothingYet();
  let cast: Cast;
  {
    await using house = await startTidingsForTest(folder.path, { TIDINGS_CHAT_PUSH_AFTER_MS: String(NOT_YET_MS) });
    const site = siteOf(house);
    cast = await gather(site, { run: 'interrupted', size: RECIPIENTS });
    await settled(site);
    house.adapters.outbox.behave({ push: { does: 'be-unavailable' }, email: { does: 'drop-connection' } });
    await notify(site, cast, acknowledged, 'refused');
    await until('attempts have failed', async () => (await house.adapters.views.count('deliveries@2', { status: 'waiting' })) > 0);
    await allAtOnce(site, cast, acknowledged);
  }
  const unfinished = unfinishedIn(folder.path);
  t.log(unfinished);
  for (const [work, count] of Object.entries(unfinished)) t.true(count > 0, `${work} was under way`);
  await loseViews(folder.path);

  await using house = await startTidingsForTest(folder.path);
  const site = siteOf(house);
  await settled(site);
  await untilNone('news untold', () => untold(site, cast, acknowledged));
  t.deepEqual(await faultsIn(site, cast, acknowledged), []);
});

async function notify(site: Site, { run, app, people }: Cast, acknowledged: Acknowledged, name: string): Promise<void> {
  const body = { recipients: people.map(({ id }) => id), category: 'news', channels: ['push', 'email'] as const, content: { title: name, body: name } };
  const path = '/v1/notifications';
  const asking = { key: keyIn(run, name), body };
  const answer = await write(site, path, { method: 'POST', headers: () => signatureOf(app, 'POST', path, asking), ...asking });
  keepNotification(acknowledged, { id: String(expectStatus([201], answer).body['id']), ...body, isCancelled: false });
}

/** Everyone posts, everyone is written to, and the app asks for more than it can be given: so much that most of it is under way when it returns. */
async function allAtOnce(site: Site, cast: Cast, acknowledged: Acknowledged): Promise<void> {
  const post = async (author: Cast['people'][number], n: number) => {
    const text = `${author.name}, ${n}`;
    const answer = await write(site, '/v1/me/feed', { method: 'POST', headers: as(author), key: keyIn(cast.run, `post ${text}`), body: { text } });
    keepPost(acknowledged, { id: String(expectStatus([201], answer).body['id']), author: author.id, replyTo: null, text, isDeleted: false });
  };
  const say = async ({ id: channel, members }: Cast['channels'][number]) => {
    const sender = members.find(hasPhone) ?? members[0];
    if (sender === undefined) return;
    const said = { sender: sender.id, clientId: v7(), text: 'Is anybody there?' };
    const answer = await write(site, `/v1/channels/${channel}/messages`, {
      method: 'POST',
      headers: as(sender),
      key: said.clientId,
      body: { text: said.text },
    });
    keepSaid(acknowledged, { channel, seq: Number(expectStatus([201], answer).body['seq']) }, { kind: 'send', ...said });
  };
  await Promise.all([...cast.channels.map(say), ...cast.people.flatMap((author) => Array.from({ length: 6 }, (_, n) => post(author, n)))]);
  await Promise.all(Array.from({ length: 6 }, (_, n) => notify(site, cast, acknowledged, `asked ${n}`)));
}

/** What the views, which nobody has open any more, say is begun and not finished. */
function unfinishedIn(folder: string): Readonly<Record<string, number>> {
  using views = new DatabaseSync(viewsIn(folder), { readOnly: true });
  const count = (sql: string) => Number(views.prepare(`SELECT count(*) AS count FROM ${sql}`).get()?.['count']);
  return {
    'telling friends of posts': count(`"friend-posts" WHERE document IS NOT NULL`),
    'looking whether messages were received': count(
      `"due-pushes" AS due LEFT JOIN "looked-at" AS looked USING (_id) WHERE looked._id IS NULL AND due.document IS NOT NULL`,
    ),
    'waiting for a vendor': count(`"deliveries@2" WHERE document ->> '$.status' = 'waiting'`),
  };
}
