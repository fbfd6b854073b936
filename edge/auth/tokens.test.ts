import { createHmac, randomUUID } from 'node:crypto';
import test from 'ava';
import { decodeProtectedHeader, SignJWT } from 'jose';
import { SESSION_LIFETIMES } from '../../domain/people/session.ts';
import { DAY_MS, epochMs, HOUR_MS, MINUTE_MS, plus, SECOND_MS } from '../../domain/shared/instant.ts';
import { givenEdge } from '../test-fixture.ts';
import { KEY_ROTATED_AFTER_MS } from './token-keys.ts';
import { openTokens, SESSION_CACHED_MS } from './tokens.ts';

const codeOf = (verified: Awaited<ReturnType<Awaited<ReturnType<typeof openTokens>>['verify']>>) =>
  verified.outcome === 'refused' ? verified.refusal.code : 'accepted';

test('a token names the person it was issued to, in another process on the same vault too', async (t) => {
  await using edge = await givenEdge();
  const { person, session, token } = await edge.person();
  const elsewhere = await openTokens({ vault: edge.vault, clock: () => edge.now });
  for (const tokens of [edge.tokens, elsewhere]) {
    const verified = await tokens.verify(token);
    t.is(verified.outcome, 'accepted');
    if (verified.outcome === 'accepted') t.deepEqual([verified.person, verified.session], [person, session]);
  }
});

test('a token expires', async (t) => {
  await using edge = await givenEdge();
  const { token, session } = await edge.person();
  t.is(codeOf(await edge.tokens.verify(token)), 'accepted');
  edge.now = plus(edge.now, DAY_MS + SECOND_MS);
  t.is(codeOf(await edge.tokens.verify(token)), 'token-expired');
  t.false(await edge.tokens.isActive(session));
});

test('a session that was ended by another process is refused within the promised minute, and at once where its end is known', async (t) => {
  await using edge = await givenEdge();
  const { person, session, token } = await edge.person();
  t.is(codeOf(await edge.tokens.verify(token)), 'accepted');
  const kept = await edge.vault.get('session', session);
  if (kept === undefined) return t.fail();
  await edge.vault.put('session', session, { ...kept, endedAt: edge.now }, { owner: person });
  t.true(SESSION_CACHED_MS < MINUTE_MS);
  edge.now = plus(edge.now, -DAY_MS); // the cache doesn’t follow a clock that is set back
  edge.elapse(SESSION_CACHED_MS + 1);
  t.is(codeOf(await edge.tokens.verify(token)), 'session-ended');

  const other = await edge.person();
  t.true(await edge.tokens.isActive(other.session));
  await edge.vault.removeOwned(other.person);
  edge.tokens.forget(other.session);
  t.is(codeOf(await edge.tokens.verify(other.token)), 'session-ended');
});

test('a token that was verified before is still no ticket, and a changed one is verified anew', async (t) => {
  await using edge = await givenEdge();
  const { token } = await edge.person();
  for (let times = 0; times < 2; times++) {
    t.is(codeOf(await edge.tokens.verify(token)), 'accepted');
    t.is(codeOf(await edge.tokens.verifyTicket(token)), 'token-invalid');
    t.is(codeOf(await edge.tokens.verify(`${token}x`)), 'token-invalid');
  }
});

test('a token that we did not sign is refused', async (t) => {
  await using edge = await givenEdge();
  const { person, session, token } = await edge.person();
  const { secret } = (await edge.vault.get('token-key', '1')) ?? { secret: '' };
  const key = Buffer.from(secret, 'base64');
  const header256 = { alg: 'HS256', kid: '1' };
  const claims = (given: Readonly<Record<string, unknown>> = { sid: session }) =>
    new SignJWT(given).setIssuer('tidings').setAudience('tidings-api').setSubject(person).setExpirationTime('1 h');
  t.is(codeOf(await edge.tokens.verify(await claims().setProtectedHeader(header256).sign(key))), 'accepted', 'the claims are right');
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const [header = '', payload = '', signature = ''] = token.split('.');
  const forged: Record<string, string> = {
    'no token': 'nonsense',
    'an empty one': '',
    'another key': await claims().setProtectedHeader(header256).sign(Buffer.alloc(32, 1)),
    'a key that there is not': await claims().setProtectedHeader({ alg: 'HS256', kid: '2' }).sign(key),
    'no key': await claims().setProtectedHeader({ alg: 'HS256' }).sign(key),
    'another algorithm': await claims()
      .setProtectedHeader({ alg: 'HS512', kid: '1' })
      .sign(Buffer.concat([key, key])),
    'no algorithm': `${part({ alg: 'none', kid: '1' })}.${payload}.`,
    'a changed payload': `${header}.${part({ iss: 'tidings', aud: 'tidings-api', sub: randomUUID(), sid: session, exp: 9_999_999_999 })}.${signature}`,
    'another issuer': await claims().setIssuer('somebody').setProtectedHeader(header256).sign(key),
    'another audience': await claims().setAudience('somebody').setProtectedHeader(header256).sign(key),
    'no audience': await new SignJWT({ sid: session }).setIssuer('tidings').setSubject(person).setExpirationTime('1 h').setProtectedHeader(header256).sign(key),
    'no session': await claims({}).setProtectedHeader(header256).sign(key),
    'no end': await new SignJWT({ sid: session }).setIssuer('tidings').setAudience('tidings-api').setSubject(person).setProtectedHeader(header256).sign(key),
    'a session that is no text': await claims({ sid: 7 }).setProtectedHeader(header256).sign(key),
    'signed over something else': `${header}.${payload}.${createHmac('sha256', key).update('something else').digest('base64url')}`,
  };
  for (const [name, text] of Object.entries(forged)) t.is(codeOf(await edge.tokens.verify(text)), 'token-invalid', name);
});

test('a token that names another person’s session is refused', async (t) => {
  await using edge = await givenEdge();
  const [one, other] = [await edge.person(), await edge.person()];
  const mixed = await edge.tokens.issue({ person: one.person, session: other.session, expiresAt: plus(edge.now, DAY_MS) });
  t.is(codeOf(await edge.tokens.verify(mixed)), 'session-ended');
});

test('a new key signs after a month, and tokens of the old one are valid until they expire', async (t) => {
  await using edge = await givenEdge();
  const { person, session, token: early } = await edge.person();
  const kidOf = (token: string) => decodeProtectedHeader(token).kid;
  t.is(kidOf(early), '1');
  const lasting = { person, session, expiresAt: plus(edge.now, KEY_ROTATED_AFTER_MS + DAY_MS) };
  const first = await edge.tokens.issue(lasting);
  await edge.vault.put('session', session, { person, createdAt: edge.now, expiresAt: lasting.expiresAt }, { owner: person });
  edge.now = plus(edge.now, KEY_ROTATED_AFTER_MS);
  await edge.vault.put('session-use', session, { usedAt: edge.now }, { owner: person });
  const second = await edge.tokens.issue(lasting);
  t.is(kidOf(second), '2');
  const elsewhere = await openTokens({ vault: edge.vault, clock: () => edge.now });
  for (const token of [first, second]) t.is(codeOf(await elsewhere.verify(token)), 'accepted');
  t.is(kidOf(await elsewhere.issue(lasting)), '2', 'one key, whichever process made it');
  t.is((await edge.vault.owned('token-key', 'token-keys')).length, 2);
  edge.now = plus(edge.now, SESSION_LIFETIMES.maxMs + DAY_MS);
  await openTokens({ vault: edge.vault, clock: () => edge.now });
  t.is(await edge.vault.get('token-key', '1'), undefined, 'whose tokens have all expired');
});

test('a session that is not used ends, and one that is used goes on', async (t) => {
  await using edge = await givenEdge();
  const [used, idle] = [await edge.person(), await edge.person()];
  const tokens = await openTokens({ vault: edge.vault, clock: () => edge.now, monotonicMs: () => epochMs(edge.now) }, { maxMs: DAY_MS, idleMs: 4 * HOUR_MS });
  const recordedAt = async (session: string) => (await edge.vault.get('session-use', session))?.usedAt;
  for (let n = 0; n < 5; n++) {
    edge.now = plus(edge.now, HOUR_MS);
    t.is(codeOf(await tokens.verify(used.token)), 'accepted');
    while ((await recordedAt(used.session)) !== edge.now) await new Promise((resolve) => setTimeout(resolve, 5)); // in the background
  }
  t.is(codeOf(await tokens.verify(idle.token)), 'session-ended');
  t.false(await tokens.isActive(idle.session));
  const elsewhere = await openTokens({ vault: edge.vault, clock: () => edge.now });
  t.is(codeOf(await elsewhere.verify(used.token)), 'accepted');
});
