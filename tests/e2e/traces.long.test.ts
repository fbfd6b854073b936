/** A request's trace, as a collector gets it: what the sender began, the request, its events, what they caused, and attempts at vendors. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { v7 } from 'uuid';
import { callApi } from '../client/call-api.ts';
import { expectStatus } from '../client/expectations.ts';
import { runCli } from '../../cli/test-fixture.ts';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { signRequest } from '../client/sign-request.ts';
import { pushyRules } from '../vendors/pushy.ts';
import { startVendorServer } from '../vendors/vendor-server.ts';
import { startReceiver } from '../webhooks/receiver.ts';
import { waitUntil } from './system-under-test.ts';

type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
};
type Sent = { readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[] };

async function startCollector() {
  const spans: Span[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Sent;
      for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { spans, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`, [Symbol.asyncDispose]: async () => void server.close() };
}

const CREATED = 201;
const PUSHY_KEY = '6a547f1e7fa1dca83ec11a92';
const [TRACE, SENDER] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
const spanOf = (traceparent = '') => traceparent.split('-')[2];

test('a trace goes from its sender’s span through everything here to a vendor and a webhook, and on from there', async (t) => {
  t.timeout(240_000);
  await using folder = await temporaryFolder();
  await using collector = await startCollector();
  await using others = await startReceiver();
  await using vendor = await startVendorServer(pushyRules({ apiKey: PUSHY_KEY }));
  const at = (name: string) => join(folder.path, name);
  await writeFile(at('app.pem'), others.ca);
  await writeFile(at('vendor.pem'), vendor.ca);
  await writeFile(at('accounts.json'), JSON.stringify([{ vendor: 'pushy', name: 'pushy', apiKey: PUSHY_KEY, origin: vendor.url, caFile: 'vendor.pem' }]));
  await using tidings = await startTidingsForTest(at('data'), {
    TIDINGS_TRACES_URL: collector.url,
    TIDINGS_OUTBOUND_PRIVATE_NETWORKS: '127.0.0.0/8,::1/128',
    TIDINGS_OUTBOUND_CA_FILE: at('app.pem'),
    TIDINGS_SENDERS: 'pushy',
    TIDINGS_SENDER_ACCOUNTS_FILE: at('accounts.json'),
  });
  const { write } = tidings.addresses;
  const call = async (method: 'POST' | 'PUT', path: string, body: object, headers: Record<string, string> = {}) =>
    expectStatus([200, CREATED], await callApi(async () => write, path, { method, key: v7(), body, headers })).body;
  const login = { loginName: 'ada', password: 'a stable full of staples' };
  await call('POST', '/v1/people', { ...login, name: 'Ada' });
  const { token, person } = await call('POST', '/v1/sessions', login);
  const asAda = { authorization: `Bearer ${String(token)}` };
  const asOperator = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const { id: app, secret } = await call('POST', '/v1/apps', { name: 'Shop' }, asOperator);
  await call('PUT', `/v1/apps/${String(app)}/webhook`, { url: `${others.url}/hook`, events: ['delivery.accepted'] }, asOperator);
  await call('PUT', `/v1/me/apps/${String(app)}`, {}, asAda);
  await call('PUT', '/v1/me/devices/phone-1', { platform: 'pushy', token: 'a6345d0278adc55d3474f5' }, asAda);

  const path = '/v1/notifications';
  const body = { recipients: [person], category: 'orders', content: { title: 'Order', body: 'On its way.' } };
  const key = v7();
  const signed = signRequest({ id: String(app), secret: String(secret) }, 'POST', path, { body, key });
  const headers = { ...signed, traceparent: `00-${TRACE}-${SENDER}-01` };
  expectStatus([CREATED], await callApi(async () => write, path, { method: 'POST', key, body, headers }));

  await waitUntil('the vendor and the webhook got their messages', () => vendor.requests.length > 0 && others.received.length > 0);
  const [atVendor, atWebhook] = [vendor.requests[0]?.headers['traceparent'], others.received[0]?.headers['traceparent']];
  t.regex(atVendor ?? '', new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
  t.regex(atWebhook ?? '', new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
  // Whoever got it asks us for something in turn.
  await call('PUT', `/v1/me/apps/${String(app)}`, {}, { ...asAda, traceparent: atWebhook ?? '' });

  const inTrace = () => collector.spans.filter(({ traceId }) => traceId === TRACE);
  const named = (name: string | RegExp) => inTrace().find((span) => (typeof name === 'string' ? span.name === name : name.test(span.name)));
  const WANTED = ['POST /v1/notifications', 'PUT /v1/me/apps/:app', 'send pushy', 'send webhook', 'job webhooks', /^job deliver-push-pushy$/, /^project /];
  const isBelowAnother = ({ parentSpanId = '' }: Span) => parentSpanId === SENDER || inTrace().some(({ spanId }) => spanId === parentSpanId);
  await waitUntil('everything is in the trace, below the sender', () => WANTED.every(named) && inTrace().every(isBelowAnother)).catch(() => undefined);
  t.deepEqual(
    WANTED.filter((name) => named(name) === undefined),
    [],
    inTrace()
      .map(({ name }) => name)
      .join(),
  );
  t.deepEqual(
    inTrace()
      .filter((span) => !isBelowAnother(span))
      .map(({ name }) => name),
    [],
    'everything stands below the request',
  );
  const [request, requested, started, pushed, hooked, asked] = [
    named('POST /v1/notifications'),
    named('notifications.requested.v1'),
    named('notifications.attempt-started.v1'),
    named('send pushy'),
    named('send webhook'),
    named('PUT /v1/me/apps/:app'),
  ];
  t.is(request?.parentSpanId, SENDER);
  t.is(requested?.parentSpanId, request?.spanId);
  t.is(pushed?.parentSpanId, started?.spanId);
  t.is(pushed?.spanId, spanOf(atVendor), 'the vendor’s own spans stand below the attempt');
  t.is(hooked?.spanId, spanOf(atWebhook));
  t.is(asked?.parentSpanId, hooked?.spanId, 'and what is asked from there, below what was sent there');
  for (const span of [pushed, hooked, named(/^job /), named(/^project /)])
    t.true(BigInt(span?.endTimeUnixNano ?? 0) > BigInt(span?.startTimeUnixNano ?? 0), span?.name);
  t.is(new Set(inTrace().map(({ spanId }) => spanId)).size, inTrace().length, 'and nothing is told twice');

  const { out } = await runCli(at('data'), 'trace', TRACE);
  const told = out.join('\n');
  t.regex(told, /^ +\+0 ms {2}notifications\.requested\.v1 [\s\S]*└ notifications\.attempt-accepted\.v1 /, 'the command line tells the same story');
  t.regex(told, /└ notifications\.webhook-queued\.v1 /);
  const signUp = collector.spans.find(({ name }) => name === 'POST /v1/people');
  t.is(signUp?.parentSpanId ?? '', '');
  t.not(signUp?.traceId, TRACE);
});
