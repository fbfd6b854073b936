import { generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import { instant } from '../../../domain/shared/instant.ts';
import { fcmRules } from '../../../tests/vendors/fcm.ts';
import { startVendorServer, type VendorAnswer } from '../../../tests/vendors/vendor-server.ts';
import { AccessTokenRefused, openAccessTokens } from './access-token.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const credentials = { project_id: 'tidings-test', client_email: 'tidings@example.org', private_key: privateKey };
const rules = fcmRules({ publicKey, clientEmail: credentials.client_email, projects: [] });

const granting = (token: string, seconds: number): VendorAnswer => ({ status: 200, body: JSON.stringify({ access_token: token, expires_in: seconds }) });

async function start(answer: () => VendorAnswer) {
  const vendor = await startVendorServer({ ...rules, answer });
  const tokens = openAccessTokens({ name: 'fcm', credentials }, { clock: () => instant(Date.now()), connect: { origin: vendor.url, ca: vendor.ca } });
  return {
    vendor,
    tokens,
    ask: async () => (await tokens.credential.getAccessToken()).access_token,
    [Symbol.asyncDispose]: async () => {
      await tokens[Symbol.asyncDispose]();
      await vendor[Symbol.asyncDispose]();
    },
  };
}

test('a token is asked for once, however many wait for it, and kept until it is forgotten', async (t) => {
  await using tested = await start(() => granting(`token ${tested.vendor.requests.length}`, 3_599));
  t.deepEqual(new Set(await Promise.all(Array.from({ length: 20 }, tested.ask))), new Set(['token 1']));
  t.is(await tested.ask(), 'token 1');
  const { expires_in: seconds } = await tested.tokens.credential.getAccessToken();
  t.true(seconds > 3_000 && seconds <= 3_599);
  tested.tokens.forget();
  t.is(await tested.ask(), 'token 2');
});

test('a token that ends before long is asked for again', async (t) => {
  await using tested = await start(() => granting(`token ${tested.vendor.requests.length}`, 300));
  t.deepEqual([await tested.ask(), await tested.ask()], ['token 1', 'token 2']);
});

test('what Google refuses is told from what it can’t do now, after which the next one is asked for again', async (t) => {
  let answer: VendorAnswer = { status: 401, body: '{"error":"invalid_client"}' };
  await using tested = await start(() => answer);
  await t.throwsAsync(tested.ask(), { instanceOf: AccessTokenRefused });
  for (answer of [{ status: 503 }, { status: 200, body: '{}' }, { status: 200, body: '<html>' }]) {
    t.false((await t.throwsAsync(tested.ask())) instanceof AccessTokenRefused);
  }
  answer = granting('token', 3_599);
  t.is(await tested.ask(), 'token');
});

test('a key that can’t be read is told when it is opened', (t) => {
  t.throws(() => openAccessTokens({ name: 'fcm', credentials: { ...credentials, private_key: 'no key' } }, { clock: () => instant(0) }));
});
