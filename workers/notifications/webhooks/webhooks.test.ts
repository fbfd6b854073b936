import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { Webhook } from 'standardwebhooks';
import { startOutbound } from '../../../ports/outbound/https.ts';
import { startReceiver, type Received } from '../../../tests/webhooks/receiver.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { ENDPOINTS_REMEMBERED_MS } from './known-endpoints.ts';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const EVENTS = ['delivery.accepted', 'delivery.suppressed', 'delivery.delivered'] as const;
const HOUR_MS = 3_600_000;

type Given = Awaited<ReturnType<typeof startDeliveriesForTest>>;
type Message = { readonly type: string; readonly timestamp: string; readonly data: Readonly<Record<string, string>> };

async function setWebhook({ work, app }: Pick<Given, 'work' | 'app'>, url: string): Promise<string> {
  const { handled, secret = '' } = await work.commands.setWebhook({ app, url, events: EVENTS }, work.by(`app:${app}`));
  if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
  await work.untilIdle();
  await work.time.advance(ENDPOINTS_REMEMBERED_MS);
  return secret;
}

/** Throws where the signature is wrong. The time of the test stands apart from that of the machine. */
const verified = (secret: string, { headers, body }: Received): Message => {
  const now = Date.now;
  Date.now = () => Number(headers['webhook-timestamp']) * 1_000;
  try {
    return new Webhook(secret).verify(body, headers) as Message;
  } finally {
    Date.now = now;
  }
};

const messagesOf = ({ work, app }: Given, status: string) => work.views.find('webhook-messages', { where: { app, status }, order: { dueAt: 1 }, limit: 1_000 });

test.serial('an app is told once of what it chose, signed, and again until it answers', async (t) => {
  await using receiver = await startReceiver();
  await using outbound = startOutbound({ privateNetworks: LOOPBACK, ca: receiver.ca });
  await using given = await startDeliveriesForTest(2, {}, { outbound });
  const secret = await setWebhook(given, `${receiver.url}/hook`);
  t.regex(secret, /^whsec_/);
  receiver.answer(503);
  const deliveries = await given.untilEnded(await given.request(), { count: 2 });
  t.is(receiver.received.length >= 2, true);
  t.is((await messagesOf(given, 'queued')).length, 2);
  receiver.answer(204);
  await given.work.advanceUntil(async () => (await messagesOf(given, 'sent')).length === 2, { stepMs: 60_000 });

  const told = receiver.received.map((received) => ({ id: received.headers['webhook-id'], ...verified(secret, received) }));
  t.deepEqual(new Set(told.map(({ type }) => type)), new Set(['delivery.accepted']));
  const toldOf = new Set(told.map(({ data }) => data['delivery']));
  t.is(toldOf.symmetricDifference(new Set(deliveries.map(({ delivery }): string | undefined => delivery))).size, 0);
  t.is(new Set(told.map(({ id }) => id)).size, 2, 'the same id each time');
  t.throws(() => verified(`whsec_${Buffer.alloc(32).toString('base64')}`, receiver.received[0] as Received));

  const before = receiver.received.length;
  await given.work.time.advance(HOUR_MS);
  await given.work.untilIdle();
  t.is(receiver.received.length, before, 'nothing more once it is answered');
});

test.serial('a message that nobody takes for a day is dead, can be replayed, and is signed with both secrets then', async (t) => {
  await using receiver = await startReceiver();
  await using outbound = startOutbound({ privateNetworks: LOOPBACK, ca: receiver.ca });
  await using given = await startDeliveriesForTest(1, {}, { outbound });
  const { work, app } = given;
  const secret = await setWebhook(given, receiver.url);
  receiver.answer('cut');
  await given.untilEnded(await given.request());
  t.is((await messagesOf(given, 'queued')).length, 1);
  work.time.setBy(25 * HOUR_MS);
  await work.advanceUntil(async () => (await messagesOf(given, 'dead')).length === 1, { stepMs: 60_000 });
  t.true(receiver.received.length > 1);
  const [dead] = await messagesOf(given, 'dead');
  t.is(dead?.reason, 'connection');

  receiver.answer(204);
  const { secret: newer = '' } = await work.commands.rotateWebhookSecret({ app }, work.by('operator'));
  await work.commands.replayWebhookMessage({ app, message: dead?.message ?? '' }, work.by('operator'));
  await work.advanceUntil(async () => (await messagesOf(given, 'sent')).length === 1, { stepMs: 60_000 });
  const last = receiver.received.at(-1) as Received;
  t.is(last.headers['webhook-id'], dead?.message);
  t.is(verified(secret, last).type, 'delivery.accepted');
  t.is(verified(newer, last).type, 'delivery.accepted');
});

test.serial('a webhook that hangs delays no other’s messages', async (t) => {
  await using receiver = await startReceiver();
  await using outbound = startOutbound({ privateNetworks: ['127.0.0.1/32'], ca: receiver.ca });
  await using given = await startDeliveriesForTest(30, {}, { outbound: { post: (request) => outbound.post({ ...request, deadlineMs: 500 }) } });
  receiver.answer(({ path }, response) => void (path === '/hangs' || response.writeHead(204).end()));
  const { work, recipients } = given;
  await setWebhook(given, `${receiver.url}/hangs`);
  const { id: app } = await work.commands.registerApp({ name: 'another' }, work.by('admin'));
  for (const person of recipients) await work.commands.enrol({ person, app }, work.by(person));
  await setWebhook({ work, app }, `https://127.0.0.1:${receiver.port}/`);
  const slow = await given.request();
  const quick = await given.request({ source: { kind: 'app', app } });
  await given.untilEnded([slow, quick], { count: 60 });
  t.is(new Set(receiver.received.filter(({ path }) => path === '/').map(({ headers }) => headers['webhook-id'])).size, 30);
  t.true(receiver.received.filter(({ path }) => path === '/hangs').length < 30, 'the breaker is open');
  t.is((await messagesOf(given, 'queued')).length, 30);
});

test.serial('a process that is killed loses no message: the next one goes on from the log', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-webhooks-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await using receiver = await startReceiver();
  await using outbound = startOutbound({ privateNetworks: LOOPBACK, ca: receiver.ca });
  receiver.answer(500);
  let ids: readonly string[] = [];
  let startAt;
  {
    await using given = await startDeliveriesForTest(3, {}, { outbound, folder });
    await setWebhook(given, receiver.url);
    await given.untilEnded(await given.request(), { count: 3 });
    ids = (await messagesOf(given, 'queued')).map(({ message }) => message);
    startAt = given.work.clock();
  }
  t.is(ids.length, 3);
  receiver.answer(204);
  const before = receiver.received.length;
  await using again = await startDeliveriesForTest(0, {}, { outbound, folder, startAt });
  const sent = () => new Set(receiver.received.slice(before).map(({ headers }) => headers['webhook-id']));
  await again.work.advanceUntil(async () => sent().size === 3, { stepMs: 60_000 });
  t.is(sent().symmetricDifference(new Set<string | undefined>(ids)).size, 0);
});
