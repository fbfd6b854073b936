/** Losing every view and cache costs a rebuild: every query answers as before, and no effect is repeated or left out. */
import test from 'ava';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 } from 'uuid';
import type { Tidings } from '../../app/start.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import { covers } from '../../ports/event-log/position.ts';
import { deliveries } from '../../projections/read-models/deliveries.ts';
import { expectStatus } from '../client/expectations.ts';
import { signRequest } from '../client/sign-request.ts';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { createAcknowledged, recordChannelEvent, recordNotification, recordPost } from './acknowledged.ts';
import { authorizationOf, createActors, deriveKey, usesGateway, type Actors, type Channel, type Person } from './actors.ts';
import { connectDevices } from './devices/connected-devices.ts';
import { runLoad } from './load/load.ts';
import { findFaults } from './model/model.ts';
import { listPendingNotifications } from './model/notifications-model.ts';
import { fetchOutbox } from './model/notifications.ts';
import { compareSnapshots, takeQuerySnapshot } from './model/query-snapshot.ts';
import type { Scenario } from './scenario.ts';
import { callWriteApi, TEST_TIMEOUT_MS, waitUntil, waitUntilIdle, waitUntilNone, type SystemUnderTest } from './system-under-test.ts';

const SEED = 19_840_101;
/** The sweepers for lost deliveries, ranges, fan-outs and pushes have each run once by then. */
const SWEPT_WITHIN_MS = 21_000;

const DELIVERIES = `${deliveries.name}@${deliveries.version}`;

type StartedTidings = Awaited<ReturnType<typeof startTidingsForTest>>;
const systemOf = ({ addresses }: Pick<StartedTidings, 'addresses'>): SystemUnderTest => ({
  addresses: () => Promise.resolve(addresses),
  adminToken: ADMIN_TOKEN,
});
const viewsIn = (folder: string) => join(folder, 'views.sqlite');

async function deleteViews(folder: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(viewsIn(folder) + suffix, { force: true });
}

/** Events about one process: its projections' progress, and presence, since the previous process's gateway is gone. */
const ABOUT_THE_PROCESS = /^operations\.|^chat\.(gateway-lost|presence-changed)\./;

async function countEventsByType(log: EventLog): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const name of log.logs) {
    const head = await log.head(name);
    const stop = new AbortController();
    for await (const { events, position } of log.subscribe(name, { signal: stop.signal })) {
      for (const { type } of events) if (!ABOUT_THE_PROCESS.test(type)) counts[type] = (counts[type] ?? 0) + 1;
      if (head === undefined || (position !== undefined && covers(position, head))) break;
    }
    stop.abort();
  }
  return counts;
}

test('rebuilds lost views and caches: every query answers as before, and nothing is sent or appended again', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  t.log(`seed ${SEED}`);
  await using folder = await temporaryFolder();
  const acknowledged = createAcknowledged();
  let actors: Actors;
  let before;
  {
    await using tidings = await startTidingsForTest(folder.path);
    const system = systemOf(tidings);
    actors = await createActors(system, { run: 'rebuilt', size: 8 });
    const scenario = { system, actors, acknowledged };
    {
      await using devices = await connectDevices(system, actors);
      await runLoad(scenario, devices, { seed: SEED, name: 'load', stepsEach: 30, notifications: 12 });
    }
    await waitUntilIdle(system);
    await waitUntilNone('pending notifications', () => listPendingNotifications(scenario));
    await waitUntilIdle(system);
    before = { answers: await takeQuerySnapshot(scenario), outbox: await fetchOutbox(system), events: await countEventsByType(tidings.adapters.log) };
  }
  await deleteViews(folder.path);
  await using tidings = await startTidingsForTest(folder.path);
  const system = systemOf(tidings);
  await waitUntilIdle(system);
  t.deepEqual(compareSnapshots(before.answers, await takeQuerySnapshot({ system, actors, acknowledged })), []);
  await sleep(SWEPT_WITHIN_MS); // a sweeper that repeats work by mistake has done so by then
  await waitUntilIdle(system);
  t.deepEqual(await fetchOutbox(system), before.outbox);
  t.deepEqual(await countEventsByType(tidings.adapters.log), before.events);
});

/** More than are planned at once. */
const RECIPIENTS = 22;
/** Longer than the first process runs, on a slow machine too: no push has become due when it ends. */
const PUSH_NOT_YET_DUE_MS = 10 * 60_000;

test('work that was under way when the views were lost is neither dropped nor done twice', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  const acknowledged = createAcknowledged();
  let actors: Actors;
  {
    await using tidings = await startTidingsForTest(folder.path, { TIDINGS_CHAT_PUSH_AFTER_MS: String(PUSH_NOT_YET_DUE_MS) });
    const system = systemOf(tidings);
    actors = await createActors(system, { run: 'interrupted', size: RECIPIENTS });
    await waitUntilIdle(system);
    await tidings.adapters.outbox.behave({ push: { does: 'be-unavailable' }, email: { does: 'drop-connection' } });
    const scenario = { system, actors, acknowledged };
    await requestNotification(scenario, 'refused');
    await waitUntil('attempts have failed', async () => (await tidings.adapters.views.count(DELIVERIES, { status: 'waiting' })) > 0);
    loseJobs(tidings, 'friend-posted');
    await requestAllAtOnce(scenario);
    await waitUntil('friends are being notified', async () => (await tidings.adapters.views.count('friend-posts')) > 0);
  }
  const openWork = countOpenWork(folder.path);
  t.log(openWork);
  for (const [work, count] of Object.entries(openWork)) t.true(count > 0, `${work} was under way`);
  await deleteViews(folder.path);

  await using tidings = await startTidingsForTest(folder.path);
  const scenario = { system: systemOf(tidings), actors, acknowledged };
  await waitUntilIdle(scenario.system);
  await waitUntilNone('pending notifications', () => listPendingNotifications(scenario));
  t.deepEqual(await findFaults(scenario), []);
});

/** From here on jobs of this queue are lost, so that their work is still under way when the process ends. */
function loseJobs({ adapters: { jobs } }: Pick<Tidings, 'adapters'>, lost: string): void {
  const add = jobs.add.bind(jobs);
  Object.assign(jobs, { add: async (queue: string, added: readonly Job[]) => (queue === lost ? undefined : add(queue, added)) });
}

async function requestNotification({ system, actors: { run, app, people }, acknowledged }: Scenario, name: string): Promise<void> {
  const body = {
    recipients: people.map(({ id }) => id),
    category: 'news',
    channels: ['push', 'email', 'in-app'] as const,
    content: { title: name, body: name },
  };
  const path = '/v1/notifications';
  const request = { key: deriveKey(run, name), body };
  const response = await callWriteApi(system, path, { method: 'POST', headers: () => signRequest(app, 'POST', path, request), ...request });
  recordNotification(acknowledged, { id: String(expectStatus([201], response).body['id']), ...body, isCancelled: false });
}

/** The app requests notifications, every channel gets a message and everyone posts: so many that most work is under way when it returns. */
async function requestAllAtOnce(scenario: Scenario): Promise<void> {
  const { channels, people } = scenario.actors;
  await Promise.all(Array.from({ length: 6 }, (_, n) => requestNotification(scenario, `request ${n}`)));
  await Promise.all(channels.map((channel) => sendMessage(scenario, channel)));
  // Last, for what follows a post is done soonest.
  await Promise.all(people.flatMap((author) => Array.from({ length: 6 }, (_, n) => publishPost(scenario, author, `${author.name}, ${n}`))));
}

async function publishPost({ system, actors, acknowledged }: Scenario, author: Person, text: string): Promise<void> {
  const request = { headers: authorizationOf(author), key: deriveKey(actors.run, `post ${text}`), body: { text } };
  const response = await callWriteApi(system, '/v1/me/feed', { method: 'POST', ...request });
  recordPost(acknowledged, { id: String(expectStatus([201], response).body['id']), author: author.id, replyTo: null, text, isDeleted: false });
}

async function sendMessage({ system, acknowledged }: Scenario, { id: channel, members }: Channel): Promise<void> {
  const sender = members.find(usesGateway) ?? members[0];
  if (sender === undefined) return;
  const message = { sender: sender.id, clientId: v7(), text: 'Is anybody there?' };
  const request = { headers: authorizationOf(sender), key: message.clientId, body: { text: message.text } };
  const response = await callWriteApi(system, `/v1/channels/${channel}/messages`, { method: 'POST', ...request });
  recordChannelEvent(acknowledged, { channel, seq: Number(expectStatus([201], response).body['seq']) }, { kind: 'send', ...message });
}

/** Work that the views, which no process has open any more, have as begun and not finished. */
function countOpenWork(folder: string): Readonly<Record<string, number>> {
  using views = new DatabaseSync(viewsIn(folder), { readOnly: true });
  const count = (sql: string) => Number(views.prepare(`SELECT count(*) AS count FROM ${sql}`).get()?.['count']);
  return {
    'notifying friends of posts': count(`"friend-posts" WHERE document IS NOT NULL`),
    'checking whether messages were received': count(
      `"due-pushes" AS due LEFT JOIN "looked-at" AS looked USING (_id) WHERE looked._id IS NULL AND due.document IS NOT NULL`,
    ),
    'waiting for a vendor': count(`"${DELIVERIES}" WHERE document ->> '$.status' = 'waiting'`),
  };
}
