import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { Gateway } from '../../gateway/gateway.ts';
import type { GatewayStats } from '../../gateway/stats.ts';
import { startMemoryJobQueue } from '../../ports/job-queue/memory.ts';
import type { Projections, ProjectionStatus } from '../../projections/rollout/start-projections.ts';
import { INBOX_STATUS } from '../../projections/testing/inbox-status.ts';
import { startTidingsForTest, temporaryFolder } from '../../tests/start-for-test.ts';
import { createLogger } from '../logger.ts';
import { startTelemetry } from './telemetry.ts';
import { posts as projector } from '../../projections/read-models/posts.ts';

const NO_STATS: GatewayStats = {
  connections: 0,
  connectedPeople: 0,
  watchedPeople: 0,
  channelsCatchingUp: 0,
  framesSent: 0,
  socketWrites: 0,
  messagesDelivered: 0,
  duplicateHints: 0,
  gapsFound: 0,
  commandsAcknowledged: 0,
  commandsRefused: 0,
  connectionsClosed: {},
};

/** Everything that one scrape shows of Tidings' own, by metric and labels. */
async function scrape(telemetry: ReturnType<typeof startTelemetry>): Promise<Readonly<Record<string, number>>> {
  return samplesIn(await telemetry.registry.metrics());
}

const samplesIn = (text: string): Readonly<Record<string, number>> =>
  Object.fromEntries(Array.from(text.matchAll(/^(tidings_\S+) (\S+)$/gm), ([, name = '', value]) => [name, Number(value)]));

test('shows the projections as they are at the scrape, each by a build, a log and a shard, with one look at them', async (t) => {
  const telemetry = startTelemetry(createLogger('silent'));
  let statuses: readonly ProjectionStatus[] = [INBOX_STATUS];
  let reads = 0;
  const projections = {
    status: async () => {
      reads += 1;
      return statuses;
    },
  } as Projections;
  telemetry.observe({ projections });
  const labels = '{projection="inbox",version="2",build="0",log="main",shard="0"}';
  t.like(await scrape(telemetry), {
    [`tidings_projection_lag_events${labels}`]: 0,
    [`tidings_projection_lag_seconds${labels}`]: 0,
    [`tidings_projection_dead_letters${labels}`]: 0,
    [`tidings_projection_retrying${labels}`]: 0,
    [`tidings_projection_failing_seconds${labels}`]: 0,
  });
  const behind = { ...INBOX_STATUS, lagEvents: 7, lagSeconds: 1.5, deadLetters: 3, failingSeconds: 42 };
  statuses = [behind, { ...behind, log: 'log-1', lagEvents: 8 }, { ...behind, build: 1, lagEvents: 9 }, { ...behind, shard: 1, lagEvents: 10 }];
  t.like(await scrape(telemetry), {
    [`tidings_projection_lag_events${labels}`]: 7,
    [`tidings_projection_lag_events${labels.replace('main', 'log-1')}`]: 8,
    [`tidings_projection_lag_events${labels.replace('build="0"', 'build="1"')}`]: 9,
    [`tidings_projection_lag_events${labels.replace('shard="0"', 'shard="1"')}`]: 10,
    [`tidings_projection_lag_seconds${labels}`]: 1.5,
    [`tidings_projection_dead_letters${labels}`]: 3,
    [`tidings_projection_retrying${labels}`]: 1,
    [`tidings_projection_failing_seconds${labels}`]: 42,
  });
  t.is(reads, 2);
  statuses = [];
  t.deepEqual(
    Object.keys(await scrape(telemetry)).filter((name) => name.startsWith('tidings_projection')),
    [],
  );
});

test('answers a scrape in which the projections can’t be read without their samples, and counts the failure', async (t) => {
  const telemetry = startTelemetry(createLogger('silent'));
  telemetry.observe({ projections: { status: () => Promise.reject(new Error('The log is away.')) } as unknown as Projections });
  await scrape(telemetry);
  const shown = await scrape(telemetry);
  t.deepEqual(
    Object.keys(shown).filter((name) => name.startsWith('tidings_projection')),
    [],
  );
  t.is(shown['tidings_failures_total{component="metrics"}'], 1);
});

test('shows the depth and the age of a queue as they are at the scrape', async (t) => {
  const telemetry = startTelemetry(createLogger('silent'));
  await using jobs = await startMemoryJobQueue({ waitingMax: 10, onDropped: () => undefined });
  telemetry.observe({ jobs });
  t.deepEqual(
    Object.keys(await scrape(telemetry)).filter((name) => name.startsWith('tidings_queue')),
    [],
  );
  await jobs.add('plan', [
    { id: '1', data: {} },
    { id: '2', data: {}, delayMs: 60_000 },
  ]);
  await delay(20);
  const shown = await scrape(telemetry);
  t.is(shown['tidings_queue_depth{queue="plan",state="waiting"}'], 1);
  t.is(shown['tidings_queue_depth{queue="plan",state="delayed"}'], 1);
  t.is(shown['tidings_queue_depth{queue="plan",state="active"}'], 0);
  t.true((shown['tidings_queue_oldest_age_seconds{queue="plan"}'] ?? 0) >= 0.01);
});

test('shows what waits for a vendor, all priorities together, and no rate before it knows one', async (t) => {
  const telemetry = startTelemetry(createLogger('silent'));
  await using jobs = await startMemoryJobQueue({ waitingMax: 10, onDropped: () => undefined });
  telemetry.observe({ jobs });
  await jobs.add('deliver-sms-vonage-high', [{ id: '1', data: {} }]);
  await jobs.add('deliver-sms-vonage-low', [{ id: '2', data: {} }]);
  await jobs.add('plan', [{ id: '3', data: {} }]);
  const shown = await scrape(telemetry);
  t.is(shown['tidings_delivery_queue_jobs{channel="sms",vendor="vonage",state="waiting"}'], 2);
  const names = Object.keys(shown).filter((name) => name.startsWith('tidings_delivery_queue'));
  t.is(names.length, 4, 'three states and an age of the one vendor');
});

test('adds what the gateway has counted since the scrape before, and shows what it holds at the scrape', async (t) => {
  const telemetry = startTelemetry(createLogger('silent'));
  let stats = NO_STATS;
  let draining = false;
  telemetry.observe({ gateway: { stats: () => stats, isDraining: () => draining } as Gateway });
  t.is((await scrape(telemetry))['tidings_gateway_messages_delivered_total'], 0);
  stats = { ...NO_STATS, connections: 4, messagesDelivered: 5, connectionsClosed: { slow: 1 } };
  await scrape(telemetry);
  stats = { ...stats, connections: 3, messagesDelivered: 9, connectionsClosed: { slow: 1, 'no-pong': 2 } };
  draining = true;
  t.like(await scrape(telemetry), {
    tidings_gateway_connections: 3,
    tidings_gateway_draining: 1,
    tidings_gateway_messages_delivered_total: 9,
    'tidings_gateway_connections_closed_total{reason="slow"}': 1,
    'tidings_gateway_connections_closed_total{reason="no-pong"}': 2,
  });
});

test('shows what each cache had, had not and gave up, also of those that nobody has asked', async (t) => {
  const telemetry = startTelemetry(createLogger('silent'));
  Object.assign(telemetry.caches.sessions, { hits: 3, misses: 2 });
  await scrape(telemetry);
  Object.assign(telemetry.caches.sessions, { hits: 7, evictions: 1 });
  t.like(await scrape(telemetry), {
    'tidings_cache_hits_total{cache="sessions"}': 7,
    'tidings_cache_misses_total{cache="sessions"}': 2,
    'tidings_cache_evictions_total{cache="sessions"}': 1,
    'tidings_cache_hits_total{cache="feed"}': 0,
  });
});

test('the first scrape after an event was dead-lettered shows it', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  const garbage = { id: randomUUID(), type: 'feed.post-published.v1', data: Buffer.from('{'), metadata: Buffer.from('{}') };
  t.like(await tidings.adapters.log.append('post-of-nobody', [garbage], 'no-stream'), { outcome: 'appended' });
  const posts = async () => (await tidings.projections.status()).find(({ name }) => name === 'posts');
  while ((await posts())?.deadLetters === 0) await delay(20);
  const shown = samplesIn(await (await fetch(`${tidings.urls.operations}/metrics`)).text());
  t.is(shown[`tidings_projection_dead_letters{projection="posts",version="${projector.version}",build="0",log="main",shard="0"}`], 1);
  t.true((shown['tidings_operational_events_total{component="projections",event="dead-lettered"}'] ?? 0) >= 1);
  t.true((shown['tidings_cache_misses_total{cache="decoded-events"}'] ?? 0) >= 1);
});
