import test from 'ava';
import { pollUntil } from '../../tests/client/expectations.ts';
import { RETRY_AFTER_SECONDS, startVendorServer, type VendorAnswer, type VendorRules, type VendorServer } from '../../tests/vendors/vendor-server.ts';
import { NoVendorAnswer, openVendorHttps } from './vendor-https.ts';

const waitUntil = (isTrue: () => Promise<boolean> | boolean) => pollUntil('it is so', isTrue, 30_000);

const NO: VendorAnswer = { status: 400 };
const rules = (answer: VendorAnswer): VendorRules => ({
  refuse: () => undefined,
  deliveryIn: ({ path }) => path.slice(1),
  answer: () => answer,
  fails: {
    reject: NO,
    'say that the endpoint is gone': NO,
    'refuse our credentials': NO,
    'be unavailable': NO,
    'limit the rate': { status: 429, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } },
  },
});

const open = ({ url, ca }: VendorServer) => openVendorHttps({ origin: url, ca });
const get = (path: string, signal = AbortSignal.timeout(30_000)) => ({ method: 'GET', path, signal }) as const;

test('connections are kept, and those that the vendor closes while nothing is asked are made anew', async (t) => {
  await using vendor = await startVendorServer(rules({ status: 200, body: 'so' }));
  await using https = open(vendor);
  for (let i = 0; i < 10; i++) t.like(await https.ask(get(`/d${i}`)), { status: 200, body: 'so' });
  const kept = vendor.connections();
  t.true(kept < 10);
  vendor.dropConnections('silently');
  await waitUntil(
    async () =>
      await https.ask(get('/again')).then(
        ({ status }) => status === 200,
        () => false,
      ),
  );
  t.true(vendor.connections() > kept);
});

test('a redirect is an answer like any other', async (t) => {
  await using vendor = await startVendorServer(rules({ status: 302, headers: { location: 'https://localhost/elsewhere' } }));
  await using https = open(vendor);
  t.is((await https.ask(get('/d1'))).status, 302);
  t.is(vendor.requests.length, 1);
});

test('an answer without end is given up, and the vendor may have taken the request', async (t) => {
  await using vendor = await startVendorServer(rules({ status: 200, body: 'x'.repeat(2 * 1_024 * 1_024) }));
  await using https = open(vendor);
  t.like(await t.throwsAsync(https.ask(get('/d1')), { instanceOf: NoVendorAnswer }), { message: 'answer-too-large', isCertain: false });
});

test('a request that still waits for a connection ends at its deadline, and has certainly not left', async (t) => {
  await using vendor = await startVendorServer(rules({ status: 200 }));
  await using https = open(vendor);
  vendor.tell('hang');
  const stop = new AbortController();
  const hanging = Array.from({ length: 64 }, (_, i) => https.ask(get(`/d${i}`, stop.signal)).catch((error: unknown) => error));
  await waitUntil(() => vendor.requests.length === 64);
  const waiting = await t.throwsAsync(https.ask(get('/waiting', AbortSignal.timeout(50))), { instanceOf: NoVendorAnswer });
  t.like(waiting, { message: 'deadline-passed', isCertain: true });
  stop.abort();
  for (const ended of await Promise.all(hanging)) t.like(ended as object, { isCertain: false });
  vendor.tell('accept');
  t.is((await https.ask(get('/after'))).status, 200);
  t.deepEqual(vendor.accepted('waiting'), []);
});

test('a vendor whose certificate isn’t by the authority that is trusted gets nothing', async (t) => {
  await using vendor = await startVendorServer(rules({ status: 200 }));
  await using https = openVendorHttps({ origin: vendor.url });
  t.like(await t.throwsAsync(https.ask(get('/d1')), { instanceOf: NoVendorAnswer }), { isCertain: true });
  t.is(vendor.requests.length, 0);
});

test('stopping ends requests under way, and nothing is asked afterwards', async (t) => {
  await using vendor = await startVendorServer(rules({ status: 200 }));
  const https = open(vendor);
  vendor.tell('hang');
  const asking = https.ask(get('/d1')).catch((error: unknown) => error);
  await waitUntil(() => vendor.requests.length === 1);
  await https[Symbol.asyncDispose]();
  t.like((await asking) as object, { name: 'NoVendorAnswer', isCertain: false });
  t.like(await t.throwsAsync(https.ask(get('/d2')), { instanceOf: NoVendorAnswer }), { isCertain: true });
});

test('a vendor is asked over TLS alone', (t) => {
  t.throws(() => openVendorHttps({ origin: 'http://127.0.0.1:1' }), { instanceOf: TypeError });
});
