/** One group that is written from four gateways at once, each of which appends to the same stream. */
import { v7 } from 'uuid';
import { openGatewaySocket, type GatewaySocket } from '../client/gateway-socket.ts';
import { createActors, type Person } from '../e2e/actors.ts';
import type { SystemUnderTest } from '../e2e/system-under-test.ts';
import { testWith } from '../servers/availability.ts';
import { startCluster, TWO_WITH_ALL_ROLES } from './cluster.ts';

const WRITERS = 4;
const MESSAGES_EACH = 40;
/** Sent before the first of them is acknowledged. */
const AT_ONCE = 5;

testWith('redis-server', 'secantusd-py')('four gateways write to one group at once: nothing is refused, and everybody gets one gapless order', async (t) => {
  await using cluster = await startCluster({ layout: { ...TWO_WITH_ALL_ROLES, 'gateway-3': ['gateway'], 'gateway-4': ['gateway'] } });
  const system: SystemUnderTest = { addresses: cluster.directAddresses, adminToken: cluster.adminToken };
  const { people, channels } = await createActors(system, { run: 'four', size: WRITERS + 1 });
  const group = channels.find(({ members }) => members.length === people.length)?.id ?? '';
  const gateways = cluster.withRole('gateway').map(({ urls }) => urls.gateway ?? '');
  t.is(gateways.length, WRITERS);
  await using sockets = new AsyncDisposableStack();
  const connected: GatewaySocket[] = [];
  for (const [number, url] of gateways.entries()) connected.push(sockets.use(await connect(url, people[number] as Person)));

  await Promise.all(connected.map((socket) => writeAll(socket, group)));

  for (const { frames } of connected)
    t.deepEqual(
      frames.filter(({ type }) => type === 'refused'),
      [],
    );
  const count = WRITERS * MESSAGES_EACH;
  const acknowledged = connected.flatMap(({ frames }) => frames.filter(({ type }) => type === 'ack').map(({ seq }) => Number(seq)));
  t.is(new Set(acknowledged).size, count);
  // That people came in is told in the same history.
  const ofGroup = connected.flatMap(({ frames }) => frames.filter((frame) => frame.type === 'message' && frame['channel'] === group));
  const notices = ofGroup.filter(({ event }) => event === 'notice').map(({ seq }) => Number(seq));
  const told = [...new Set([...acknowledged, ...notices])].toSorted(byNumber);
  const first = told[0] ?? 0;
  t.deepEqual(
    told,
    Array.from({ length: told.length }, (_, n) => first + n),
  );
  const isNotice = (seq: number) => !acknowledged.includes(seq);
  for (const socket of connected) {
    const own = new Set(socket.frames.filter(({ type }) => type === 'ack').map(({ seq }) => Number(seq)));
    const lastOfOthers = Math.max(...acknowledged.filter((seq) => !own.has(seq)));
    await socket.waitForFrame(({ type, seq }) => type === 'message' && seq === lastOfOthers);
    const received = socket.frames.filter(({ type, channel }) => type === 'message' && channel === group).map(({ seq }) => Number(seq));
    t.deepEqual(received, received.toSorted(byNumber), 'in one order');
    const toFetch = toldToFetch(socket, { group, before: received[0] ?? 0 });
    const all = [...new Set([...toFetch, ...received, ...own])].filter((seq) => !isNotice(seq));
    t.deepEqual(all.toSorted(byNumber), acknowledged.toSorted(byNumber), 'nothing is missing');
  }
});

async function connect(url: string, { token }: Person): Promise<GatewaySocket> {
  const socket = await openGatewaySocket(url);
  socket.send({ type: 'hello', token, device: 'laptop', cursors: {} });
  await socket.waitForFrame(({ type }) => type === 'welcome');
  return socket;
}

async function writeAll(socket: GatewaySocket, channel: string): Promise<void> {
  for (let sent = 0; sent < MESSAGES_EACH; sent += AT_ONCE) {
    const ids = Array.from({ length: AT_ONCE }, () => v7());
    for (const id of ids) socket.send({ type: 'send', channel, id, text: 'All at once.' });
    await Promise.all(ids.map((id) => socket.waitForFrame((frame) => (frame.type === 'ack' || frame.type === 'refused') && frame['id'] === id)));
  }
}

/**
 * A hint that is not the first of a new channel may come first. Then the client is told that there are messages before it, and fetches
 * them. The hint may be of its own message, which is acknowledged and not sent.
 */
function toldToFetch({ frames }: GatewaySocket, { group, before }: { readonly group: string; readonly before: number }): readonly number[] {
  const told = frames.filter(({ type }) => type === 'heads').map(({ heads }) => (heads as Readonly<Record<string, number>>)[group] ?? -1);
  return Array.from({ length: Math.max(0, ...told.filter((head) => head < before).map((head) => head + 1)) }, (_, seq) => seq);
}

const byNumber = (one: number, other: number) => one - other;
