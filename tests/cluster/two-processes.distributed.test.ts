/** What one process did, seen on another: a message, a post, a position, the end of a session. */
import type { ExecutionContext } from 'ava';
import { v7 } from 'uuid';
import { callApi, type ApiResponse, type RequestOptions } from '../client/call-api.ts';
import { expectStatus, listOf } from '../client/expectations.ts';
import { signRequest } from '../client/sign-request.ts';
import { openGatewaySocket, type GatewaySocket } from '../client/gateway-socket.ts';
import { authorizationOf, createActors, DONE, PASSWORD, type Actors, type Person } from '../e2e/actors.ts';
import { waitUntil, type SystemUnderTest } from '../e2e/system-under-test.ts';
import { testWith } from '../servers/availability.ts';
import { keepReading, readAfterChanges } from './read-after-change.ts';
import { startCluster, TWO_WITH_ALL_ROLES, type Cluster } from './cluster.ts';

const POSTS = 10;
/** Of some 30 reads each. */
const ROUNDS = Number(process.env['TIDINGS_TEST_ROUNDS'] ?? 8);
/** A hint closes the sockets of an ended session at once; the promise, hint or not, is a minute. */
const CLOSED_WITHIN_MS = 60_000;
/** From when a schedule is created until its occurrence. */
const SCHEDULED_AHEAD_MS = 3_000;

testWith('redis-server', 'secantusd-py')('what one process did is seen on another', async (t) => {
  await using cluster = await startCluster({ layout: TWO_WITH_ALL_ROLES });
  const system: SystemUnderTest = { addresses: cluster.directAddresses, adminToken: cluster.adminToken };
  const actors = await createActors(system, { run: 'two', size: 6 });
  const [ann, bob] = actors.people as [Person, Person];

  await t.notThrowsAsync(messageReachesDevicesOnBoth(cluster, actors), 'a message reaches devices on the sender’s gateway and on another');
  for (let post = 0; post < POSTS; post++) {
    const posted = await writeOn(cluster, 'all-1', '/v1/me/feed', { headers: authorizationOf(ann), key: v7(), body: { text: `Post ${post}` } });
    const { id } = expectStatus(DONE, posted).body as { readonly id: string };
    const headers = { ...authorizationOf(ann), 'min-position': posted.position ?? '' };
    const own = await readOn(cluster, 'all-2', '/v1/me/feed', { headers });
    t.is(listOf(own, 'posts')[0]?.['id'], id, 'who names the position of a command finds it on another process at once');
    const idsForBob = async () => listOf(await readOn(cluster, 'all-2', '/v1/me/feed', { headers: authorizationOf(bob) }), 'posts').map((found) => found['id']);
    await waitUntil(
      'a friend’s warm feed on the other process has the post, once',
      async () => (await idsForBob()).filter((found) => found === id).length === 1,
    );
  }
  await changesAreReadAtOnce(t, cluster, actors);
  t.true((await sessionEndsOnAnother(cluster, bob, 'two')) < CLOSED_WITHIN_MS, 'a session ended on one process closes a socket on another');
  t.deepEqual(await scheduleComesRoundOnce(cluster, actors), [1, 1], 'of two processes that schedule, one occurrence makes one notification');
  await restoreIsKnownToAll(t, cluster, actors);
});

async function changesAreReadAtOnce(t: ExecutionContext, cluster: Cluster, { people }: Actors): Promise<void> {
  const [author, , friend, reader] = people as [Person, Person, Person, Person];
  await using _ = keepReading(cluster, [friend, reader]);
  const { reads, wrong } = await readAfterChanges(cluster, { author, friend, reader }, { rounds: ROUNDS, random: Math.random });
  t.deepEqual(wrong, [], `of ${reads} reads with the position of a change`);
}

/** One process is told that the log was restored; the log itself stays as it is, which nobody can tell by looking at it. */
async function restoreIsKnownToAll(t: ExecutionContext, cluster: Cluster, { people, channels }: Actors): Promise<void> {
  const [ann, bob] = people as [Person, Person];
  const channel = channels.find(({ members }) => members.includes(ann) && members.includes(bob))?.id ?? '';
  const post = (process: string, position: string) =>
    writeOn(cluster, process, '/v1/me/feed', { headers: { ...authorizationOf(ann), 'tidings-position': position }, key: v7(), body: { text: 'Restored' } });
  const feed = (process: string, position: string) =>
    readOn(cluster, process, '/v1/me/feed', { headers: { ...authorizationOf(bob), 'min-position': position } });
  const before = (await writeOn(cluster, 'all-1', '/v1/me/feed', { headers: authorizationOf(ann), key: v7(), body: { text: 'Before' } })).position ?? '';

  for (const process of cluster.processes) await process.stop();
  await cluster.process('all-1').start(['--log-restored', new Date().toISOString()]);
  await cluster.process('all-2').start();
  for (const process of ['all-1', 'all-2']) {
    for (const refused of [await post(process, before), await feed(process, before)]) {
      t.deepEqual([refused.status, refused.body['code']], [409, 'position-of-another-log'], process);
    }
    await using socket = await connect(cluster, process, bob.token, 'phone', { [channel]: 0 });
    t.like(await socket.waitForFrame(({ type }) => type === 'welcome'), { recovered: false }, process);
  }
  const posted = expectStatus(DONE, await writeOn(cluster, 'all-1', '/v1/me/feed', { headers: authorizationOf(ann), key: v7(), body: { text: 'After' } }));
  const seen = listOf(expectStatus([200], await feed('all-2', posted.position ?? '')), 'posts').map(({ text }) => text);
  t.deepEqual(seen.slice(0, 2), ['After', 'Before'], 'the views are built anew of the log, and followed by both');
  const dropped = () => cluster.processes.flatMap((process) => process.lines()).filter(({ msg }) => msg === 'old projection build dropped');
  await waitUntil('the views of before are dropped', () =>
    ['inbox@', 'posts@'].every((name) => dropped().some(({ runner }) => String(runner).startsWith(name))),
  );
}

/** A few seconds from now, by UTC's clock. Returns how many occurrences were requested, and how many notifications arrived. */
async function scheduleComesRoundOnce(cluster: Cluster, { app, people: [ann] }: Actors): Promise<readonly number[]> {
  const notification = { recipients: [ann?.id], category: 'reminders', content: { body: 'Now' } };
  const create = (aheadMs: number) => {
    const start = new Date(Date.now() + aheadMs).toISOString().slice(0, 19);
    const body = { rule: 'FREQ=DAILY;COUNT=1', start, zone: 'UTC', missed: 'all', notification };
    return writeOn(cluster, 'all-1', '/v1/schedules', { headers: signRequest(app, 'POST', '/v1/schedules', { body }), body });
  };
  let created = await create(SCHEDULED_AHEAD_MS);
  // On a busy machine its only occurrence may be over when the request arrives.
  for (let aheadMs = 2 * SCHEDULED_AHEAD_MS; created.body['code'] === 'schedule-over'; aheadMs *= 2) created = await create(aheadMs);
  const path = `/v1/schedules/${String(expectStatus([201], created).body['id'])}`;
  const schedule = async () => (await readOn(cluster, 'all-2', path, { headers: signRequest(app, 'GET', path) })).body;
  await waitUntil('the schedule has come round, for the last time', async () => (await schedule())['status'] === 'ended');
  const headers = authorizationOf(ann as Person);
  const arrived = async () => {
    const { body: page } = await readOn(cluster, 'all-2', '/v1/me/notifications?limit=100', { headers });
    return (page['notifications'] as readonly { readonly category?: string }[]).filter(({ category }) => category === 'reminders').length;
  };
  await waitUntil('its notification has arrived', async () => (await arrived()) > 0);
  return [Number((await schedule())['requested']), await arrived()];
}

async function messageReachesDevicesOnBoth(cluster: Cluster, { people, channels }: Actors): Promise<void> {
  const [ann, bob] = people as [Person, Person];
  const channel = channels.find(({ members }) => members.length === 2 && members.includes(ann) && members.includes(bob))?.id ?? '';
  await using phone = await connect(cluster, 'all-1', bob.token, 'phone');
  await using tablet = await connect(cluster, 'all-2', bob.token, 'tablet');
  await using sender = await connect(cluster, 'all-1', ann.token, 'laptop');
  for (let sent = 0; sent < POSTS; sent++) {
    const id = v7();
    sender.send({ type: 'send', channel, id, text: `Message ${sent}` });
    const ack = await sender.waitForFrame((frame) => frame.type === 'ack' && frame['id'] === id);
    for (const device of [phone, tablet]) await device.waitForFrame(({ type, seq }) => type === 'message' && seq === ack?.['seq']);
  }
  for (const device of [phone, tablet]) {
    const seqs = device.frames.filter((frame) => frame.type === 'message' && frame['channel'] === channel).map(({ seq }) => seq);
    if (seqs.join() !== seqs.map((_, at) => at).join()) throw new Error(`A device received ${seqs.join()}.`);
  }
}

/** Returns how long it took, in ms. */
async function sessionEndsOnAnother(cluster: Cluster, { number }: Person, run: string): Promise<number> {
  const loginName = `person-${number}-${run}`;
  const session = expectStatus([201], await writeOn(cluster, 'all-1', '/v1/sessions', { body: { loginName, password: PASSWORD } }));
  const token = String(session.body['token']);
  await using socket = await connect(cluster, 'all-2', token, 'kiosk');
  const startedAt = performance.now();
  expectStatus([200, 204], await writeOn(cluster, 'all-1', '/v1/sessions/current', { method: 'DELETE', headers: authorizationOf({ token }) }));
  await socket.waitForFrame(() => false); // undefined once it is closed
  return performance.now() - startedAt;
}

async function connect(
  cluster: Cluster,
  process: string,
  token: string,
  device: string,
  cursors: Readonly<Record<string, number>> = {},
): Promise<GatewaySocket> {
  const socket = await openGatewaySocket(cluster.process(process).urls.gateway ?? '');
  socket.send({ type: 'hello', token, device, cursors });
  await socket.waitForFrame(({ type }) => type === 'welcome');
  return socket;
}

const writeOn = (cluster: Cluster, process: string, path: string, options: RequestOptions): Promise<ApiResponse> =>
  callApi(async () => cluster.process(process).urls['write-api'] ?? '', path, { method: 'POST', ...options });
const readOn = (cluster: Cluster, process: string, path: string, options: RequestOptions): Promise<ApiResponse> =>
  callApi(async () => cluster.process(process).urls['read-api'] ?? '', path, options);
