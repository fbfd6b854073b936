import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import test from 'ava';
import { attemptOf } from '../ports/sender/contract.ts';
import { startTidingsForTest, temporaryFolder } from '../tests/start-for-test.ts';

test('shows the outbox only to requests from this machine for its own name, and health to any host', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  const statusOf = async (path: string, host: string) => {
    const sent = request(`${tidings.addresses.ops}${path}`, { headers: { host } }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };
  for (const host of ['localhost', '127.0.0.1:8084', '[::1]:8084', 'LOCALHOST:8084']) t.is(await statusOf('/outbox/outbox.json', host), 200, host);
  for (const host of ['example.org', 'localhost.example.org', '127.0.0.1.example.org', 'example.org:8084']) {
    t.is(await statusOf('/outbox/outbox.json', host), 403, host);
    t.is(await statusOf('/outbox/', host), 403, host);
    t.is(await statusOf('/health/live', host), 200, host);
  }
});

test('shows the outbox to nobody elsewhere for whom a trusted proxy on this machine speaks', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path, { TIDINGS_TRUSTED_PROXIES: '127.0.0.1' });
  const statusFrom = async (client: string) => (await fetch(`${tidings.addresses.ops}/outbox/outbox.json`, { headers: { 'x-forwarded-for': client } })).status;
  t.is(await statusFrom('203.0.113.9'), 403);
  t.is(await statusFrom('127.0.0.1'), 200);
});

test('ends a page of the outbox early where its messages are long, and says how to go on', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  const { outbox } = tidings.adapters;
  const [sender] = outbox.senders;
  if (sender === undefined) return t.fail();
  for (let n = 0; n < 30; n++) {
    const attempt = attemptOf(sender.channel, `d${n}`, AbortSignal.timeout(10_000));
    await sender.send({ ...attempt, content: { ...attempt.content, body: 'x'.repeat(60_000) } });
  }
  const pages: number[] = [];
  for (let before = ''; pages.length < 10;) {
    const response = await fetch(`${tidings.addresses.ops}/outbox/outbox.json?limit=1000${before === '' ? '' : `&before=${before}`}`);
    const { messages, next } = (await response.json()) as { readonly messages: readonly { readonly id: string }[]; readonly next: string | null };
    pages.push(messages.length);
    if (next === null) break;
    before = next;
  }
  t.deepEqual([pages.length, pages.reduce((sum, count) => sum + count, 0)], [2, 30]);
});
