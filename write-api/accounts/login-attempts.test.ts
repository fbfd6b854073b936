/** Guessing at passwords is limited, and nobody is shut out by the guesses of others. */
import test from 'ava';
import { givenWriteApi, type LoggedInPerson, type WriteApiFixture } from '../test-fixture.ts';

const PASSWORD = 'correct horse';

/** `from`: the client's address; the test itself is the trusted proxy. */
const givenLogins = async () => {
  const api = await givenWriteApi({ trustedProxies: ['127.0.0.1'] });
  const logIn = (loginName: string, password: string, { from, deviceSecret }: { readonly from: string; readonly deviceSecret?: string }) =>
    api.request('anonymous', 'POST', '/v1/sessions', {
      body: { loginName, password, ...(deviceSecret === undefined ? {} : { deviceSecret }) },
      headers: { 'x-forwarded-for': from },
    });
  return { api, logIn };
};

async function withLogins(run: (api: WriteApiFixture, logIn: Awaited<ReturnType<typeof givenLogins>>['logIn'], ada: LoggedInPerson) => Promise<void>) {
  const { api, logIn } = await givenLogins();
  await using _ = api;
  await run(api, logIn, await api.person());
}

test('a stranger who guesses is held back, and the person logs in from elsewhere meanwhile', async (t) => {
  await withLogins(async (_, logIn, ada) => {
    const codes: string[] = [];
    for (let n = 0; n < 25; n++) codes.push((await logIn(ada.loginName, `guess ${n}`, { from: '203.0.113.9' })).body.code);
    t.deepEqual(codes.slice(0, 5), Array(5).fill('login-failed'));
    t.true(codes.slice(5).includes('rate-limited'));
    t.is((await logIn(ada.loginName, PASSWORD, { from: '198.51.100.4' })).status, 201);
  });
});

test('at the address of somebody who guesses, the right password lets in after a few seconds at most', async (t) => {
  await withLogins(async (_, logIn, ada) => {
    for (let n = 0; n < 25; n++) await logIn(ada.loginName, `guess ${n}`, { from: '203.0.113.9' });
    const { status, body, headers } = await logIn(ada.loginName, PASSWORD, { from: '203.0.113.9' });
    t.deepEqual([status, body.code, body.facts?.['limit']], [429, 'rate-limited', 'login-failures']);
    t.true(Number(headers.get('retry-after')) <= 10);
  });
});

test('guesses from many addresses make logins with the name wait a few seconds, but not on a device that has logged in before', async (t) => {
  await withLogins(async (_, logIn, ada) => {
    const { deviceSecret } = (await logIn(ada.loginName, PASSWORD, { from: '198.51.100.4' })).body;
    for (let n = 0; n < 40; n++) await logIn(ada.loginName, `guess ${n}`, { from: `203.0.113.${n}` });
    const elsewhere = await logIn(ada.loginName, PASSWORD, { from: '198.51.100.4' });
    t.deepEqual([elsewhere.status, elsewhere.body.facts?.['limit']], [429, 'login-failures-of-name']);
    t.true(Number(elsewhere.headers.get('retry-after')) <= 10);
    const known = await logIn(ada.loginName, PASSWORD, { from: '192.0.2.1', deviceSecret });
    t.is(known.status, 201);
    t.is(known.body.deviceSecret, deviceSecret, 'and keeps its secret');
  });
});

test('the device of one person opens no door to another, and guesses on it are limited too', async (t) => {
  await withLogins(async (api, logIn, ada) => {
    const bob = await api.person();
    const { deviceSecret } = (await logIn(bob.loginName, PASSWORD, { from: '198.51.100.4' })).body;
    for (let n = 0; n < 5; n++) await logIn(ada.loginName, `guess ${n}`, { from: '203.0.113.9' });
    t.is((await logIn(ada.loginName, 'a guess', { from: '203.0.113.9', deviceSecret })).body.facts?.['limit'], 'login-failures');
    t.is((await logIn(bob.loginName, 'wrong', { from: '203.0.113.9', deviceSecret: 'made up' })).body.code, 'login-failed');
    const codes: string[] = [];
    for (let n = 0; n < 11; n++) codes.push((await logIn(bob.loginName, `guess ${n}`, { from: `203.0.113.${n}`, deviceSecret })).body.code);
    t.deepEqual(codes, [...Array(10).fill('login-failed'), 'rate-limited']);
  });
});

test('names that nobody has are limited in the same way, so that the limits tell nothing', async (t) => {
  await withLogins(async (_, logIn, ada) => {
    const codesOf = async (loginName: string, from: string) => {
      const codes: string[] = [];
      for (let n = 0; n < 8; n++) codes.push((await logIn(loginName, `guess ${n}`, { from })).body.code);
      return codes;
    };
    t.deepEqual(await codesOf('nobody', '203.0.113.9'), await codesOf(ada.loginName, '203.0.113.9'));
  });
});

test('who mistypes and then gets it right begins anew', async (t) => {
  await withLogins(async (_, logIn, ada) => {
    for (let round = 0; round < 4; round++) {
      for (let n = 0; n < 4; n++) t.is((await logIn(ada.loginName, 'mistyped', { from: '203.0.113.9' })).body.code, 'login-failed');
      t.is((await logIn(ada.loginName, PASSWORD, { from: '203.0.113.9' })).status, 201);
    }
  });
});

test('a login that ends in an outage or a full queue counts as no failure', async (t) => {
  await withLogins(async (api, logIn, ada) => {
    const { vault } = api.commands;
    const get = vault.get.bind(vault);
    vault.get = () => Promise.reject(new Error('no answer'));
    for (let n = 0; n < 8; n++) t.is((await logIn(ada.loginName, PASSWORD, { from: '203.0.113.9' })).status, 500);
    vault.get = get;
    t.is((await logIn(ada.loginName, PASSWORD, { from: '203.0.113.9' })).status, 201);
  });
});

test('of too many devices of a person, the oldest is known no more', async (t) => {
  await withLogins(async (api, logIn, ada) => {
    const first = (await logIn(ada.loginName, PASSWORD, { from: '203.0.113.9' })).body.deviceSecret;
    for (let n = 0; n < 20; n++) {
      api.commands.now = new Date(Date.parse(api.commands.now) + 1_000).toISOString() as typeof api.commands.now;
      await logIn(ada.loginName, PASSWORD, { from: '203.0.113.9' });
    }
    t.not((await logIn(ada.loginName, PASSWORD, { from: '203.0.113.9', deviceSecret: first })).body.deviceSecret, first);
  });
});
