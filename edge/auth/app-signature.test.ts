import test from 'ava';
import fc from 'fast-check';
import type { AppId } from '../../domain/shared/ids.ts';
import { DAY_MS, epochMs, plus, SECOND_MS } from '../../domain/shared/instant.ts';
import { createAppSignatures, SIGNATURE_WINDOW_MS, signRequest, type SignableRequest } from './app-signature.ts';
import { givenEdge, type EdgeFixture } from '../test-fixture.ts';

const request = { method: 'POST', path: '/v1/notifications?dry=1', body: '{"category":"news"}' };

type Verifying = Pick<EdgeFixture, 'appSignatures'>;

const verified = ({ appSignatures }: Verifying, { method, path, body = '' }: SignableRequest, headers: Record<string, string>) => {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return appSignatures.verify({ method, path, body: Buffer.from(body), header: (name) => lower.get(name) });
};

const verify = async (...verifying: Parameters<typeof verified>) => {
  const signed = await verified(...verifying);
  return signed.outcome === 'refused' ? signed.refusal.code : signed.app;
};

test('a signed request is accepted as the app’s, once', async (t) => {
  await using edge = await givenEdge();
  const app = await edge.app();
  const headers = app.sign(request);
  t.is(await verify(edge, request, headers), app.app);
  t.is(await verify(edge, request, headers), 'signature-replayed');
  t.is(await verify(edge, request, { ...headers, 'tidings-signature': headers['tidings-signature']?.toUpperCase() ?? '' }), 'signature-replayed');
  edge.now = plus(edge.now, 1);
  t.is(await verify(edge, request, app.sign(request)), app.app, 'the same request at another time is another one');
});

test('the key derived from a signature is the same in every process, differs for another signature, and carries its time', async (t) => {
  await using edge = await givenEdge();
  const app = await edge.app();
  const restarted = () => ({ appSignatures: createAppSignatures({ vault: edge.vault, clock: () => edge.now }) });
  const keyOf = async (headers: Record<string, string>, process: Verifying = restarted()) => {
    const signed = await verified(process, request, headers);
    return signed.outcome === 'refused' ? signed.refusal.code : signed.key;
  };
  const headers = app.sign(request);
  const key = await keyOf(headers, edge);
  t.is(await keyOf(headers), key);
  t.is(Number.parseInt(key.replaceAll('-', '').slice(0, 12), 16), epochMs(edge.now));
  edge.now = plus(edge.now, 1);
  t.not(await keyOf(app.sign(request)), key);
});

test('a signature made by the documented steps is accepted', async (t) => {
  await using edge = await givenEdge();
  const secret = 'a secret';
  const app = '5d1c6c1e-93f8-5a4e-8d2f-1f0b1c9e7a11' as AppId;
  await edge.vault.put('app-secret', app, { app, secrets: [{ secret }] }, { owner: app });
  const seconds = String(Math.floor(epochMs(edge.now) / SECOND_MS));
  const { createHash, createHmac } = await import('node:crypto');
  const digest = createHash('sha256').update(request.body).digest('hex');
  for (const key of [[], ['a-key']]) {
    const signature = createHmac('sha256', secret)
      .update([seconds, 'POST', request.path, digest, ...key].join('\n'))
      .digest('hex');
    const headers = { 'Tidings-App': app, 'Tidings-Timestamp': seconds, 'Tidings-Signature': signature };
    t.is(await verify(edge, request, { ...headers, ...Object.fromEntries(key.map((one) => ['Idempotency-Key', one])) }), app);
  }
});

test('a signature doesn’t match a request that was changed after signing', async (t) => {
  await using edge = await givenEdge();
  const app = await edge.app();
  const other = await edge.app();
  const headers = app.sign(request);
  const keyed = app.sign({ ...request, key: 'mine' });
  const changed: readonly (readonly [string, SignableRequest, Record<string, string>])[] = [
    ['the method', { ...request, method: 'PUT' }, headers],
    ['the path', { ...request, path: '/v1/notifications/7/cancel' }, headers],
    ['the query', { ...request, path: '/v1/notifications?dry=0' }, headers],
    ['the body', { ...request, body: '{"category":"news" }' }, headers],
    ['the time', request, { ...headers, 'tidings-timestamp': plus(edge.now, 1) }],
    ['the app', request, { ...headers, 'tidings-app': other.app }],
    ['a key that was not there', request, { ...headers, 'idempotency-key': 'mine' }],
    ['the key', request, { ...keyed, 'idempotency-key': 'another' }],
    ['no key any more', request, keyed],
    ['an unknown app', request, { ...headers, 'tidings-app': 'nobody' }],
    ['the signature’s length', request, { ...headers, 'tidings-signature': 'abcd' }],
    ['the time’s form', request, { ...headers, 'tidings-timestamp': 'yesterday' }],
  ];
  for (const [name, changedRequest, sent] of changed) t.is(await verify(edge, changedRequest, sent), 'signature-invalid', name);
  for (const name of Object.keys(headers)) {
    const { [name]: _, ...rest } = headers;
    t.is(await verify(edge, request, rest), 'signature-missing', name);
  }
});

test('a signature is valid only within its window, either way', async (t) => {
  await using edge = await givenEdge();
  const { app, secret } = await edge.app();
  for (const [ms, answer] of [
    [-SIGNATURE_WINDOW_MS - 1, 'signature-expired'],
    [-SIGNATURE_WINDOW_MS, app],
    [SIGNATURE_WINDOW_MS, app],
    [SIGNATURE_WINDOW_MS + 1, 'signature-expired'],
  ] as const) {
    t.is(await verify(edge, request, signRequest({ app, secret }, request, plus(edge.now, ms))), answer, String(ms));
  }
});

test('during a rotation both secrets are valid, the new one at once and the old one until its end', async (t) => {
  await using edge = await givenEdge();
  const { app, secret } = await edge.app();
  t.is(await verify(edge, request, signRequest({ app, secret }, request, edge.now)), app);
  const until = plus(edge.now, DAY_MS);
  await edge.vault.put('app-secret', app, { app, secrets: [{ secret: 'new' }, { secret, until }] }, { owner: app });
  edge.now = plus(edge.now, 1);
  t.is(await verify(edge, request, signRequest({ app, secret: 'new' }, request, edge.now)), app);
  edge.now = plus(edge.now, 1);
  t.is(await verify(edge, request, signRequest({ app, secret }, request, edge.now)), app);
  edge.now = until;
  t.is(await verify(edge, request, signRequest({ app, secret }, request, edge.now)), 'signature-invalid');
});

test('of any requests sent any number of times in any order, each is accepted at most once', async (t) => {
  await using edge = await givenEdge();
  const { app, secret } = await edge.app();
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ path: fc.integer({ min: 0, max: 5 }), msAgo: fc.integer({ min: 0, max: 3 }) }), { maxLength: 30 }), async (sent) => {
      round++;
      const taken = new Map<string, number>();
      for (const { path, msAgo } of sent) {
        const asked = { method: 'POST', path: `/${round}/${path}` };
        const headers = signRequest({ app, secret }, asked, plus(edge.now, -msAgo));
        if ((await verify(edge, asked, headers)) === app) taken.set(`${path} ${msAgo}`, (taken.get(`${path} ${msAgo}`) ?? 0) + 1);
      }
      t.true([...taken.values()].every((times) => times === 1));
      t.is(taken.size, new Set(sent.map(({ path, msAgo }) => `${path} ${msAgo}`)).size);
    }),
    { numRuns: 50 },
  );
});

test('a disabled app is refused everything, reading too: at once where that is known, and soon in another process', async (t) => {
  await using edge = await givenEdge();
  const one = await edge.app();
  const code = async () => {
    edge.elapse(1); // so that no signature is sent twice
    const request = { method: 'GET', path: '/v1/notifications' };
    const headers = one.sign(request);
    const verified = await edge.appSignatures.verify({ ...request, header: (name) => headers[name], body: new Uint8Array() });
    return verified.outcome === 'refused' ? verified.refusal.code : verified.outcome;
  };
  t.is(await code(), 'accepted');
  await edge.vault.put('app-disabled', one.app, { at: edge.now }, { owner: one.app });
  t.is(await code(), 'accepted', 'another process disabled it a moment ago');
  edge.elapse(20_000);
  t.is(await code(), 'app-disabled');
  const other = await edge.app();
  await edge.vault.put('app-disabled', other.app, { at: edge.now }, { owner: other.app });
  edge.appSignatures.forget(other.app);
  const request = { method: 'GET', path: '/v1/notifications' };
  const headers = other.sign(request);
  const verified = await edge.appSignatures.verify({ ...request, header: (name) => headers[name], body: new Uint8Array() });
  t.is(verified.outcome === 'refused' && verified.refusal.code, 'app-disabled');
});
