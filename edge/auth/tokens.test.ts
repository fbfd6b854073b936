import { createHmac, randomUUID } from 'node:crypto';
import test from 'ava';
import { SignJWT } from 'jose';
import { DAY_MS, MINUTE_MS, plus, SECOND_MS } from '../../domain/shared/instant.ts';
import { givenEdge } from '../test-fixture.ts';
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

test('a token that we did not sign is refused', async (t) => {
  await using edge = await givenEdge();
  const { person, session, token } = await edge.person();
  const { secret } = (await edge.vault.get('installation-secret', 'token-key')) ?? { secret: '' };
  const key = Buffer.from(secret, 'base64');
  const claims = () => new SignJWT({ sid: session }).setIssuer('tidings').setSubject(person).setExpirationTime('1 h');
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const [header = '', payload = '', signature = ''] = token.split('.');
  const forged: Record<string, string> = {
    'no token': 'nonsense',
    'an empty one': '',
    'another key': await claims().setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32, 1)),
    'another algorithm': await claims()
      .setProtectedHeader({ alg: 'HS512' })
      .sign(Buffer.concat([key, key])),
    'no algorithm': `${part({ alg: 'none' })}.${payload}.`,
    'a changed payload': `${header}.${part({ iss: 'tidings', sub: randomUUID(), sid: session, exp: 9_999_999_999 })}.${signature}`,
    'another issuer': await claims().setIssuer('somebody').setProtectedHeader({ alg: 'HS256' }).sign(key),
    'no session': await new SignJWT({}).setIssuer('tidings').setSubject(person).setExpirationTime('1 h').setProtectedHeader({ alg: 'HS256' }).sign(key),
    'no end': await new SignJWT({ sid: session }).setIssuer('tidings').setSubject(person).setProtectedHeader({ alg: 'HS256' }).sign(key),
    'a session that is no text': await new SignJWT({ sid: 7 })
      .setIssuer('tidings')
      .setSubject(person)
      .setExpirationTime('1 h')
      .setProtectedHeader({ alg: 'HS256' })
      .sign(key),
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
