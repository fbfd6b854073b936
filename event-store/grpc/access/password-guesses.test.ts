import { jsonEvent } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import test from 'ava';
import { ADMIN, startTestServer, testCertificates } from '../test-fixture.ts';
import type { SecurityEvent } from './security-event.ts';

const happened = () => jsonEvent({ type: 'happened', data: {} });

test.serial('password guesses are limited, and the security log gets the failures and the lockout', async (t) => {
  const told: SecurityEvent[] = [];
  await using server = await startTestServer({ tls: testCertificates(), securityEvent: (event) => told.push(event) });
  const guessing = server.connect({ username: 'ops', password: 'guessed' });
  const codes: unknown[] = [];
  for (let n = 0; n < 21; n++) {
    const error = await t.throwsAsync(guessing.appendToStream('a', happened(), { credentials: { username: 'ops', password: `guess-${n}` } }));
    codes.push((error as { readonly code?: unknown }).code ?? (error as { readonly _raw?: { readonly code: unknown } })._raw?.code);
  }
  t.deepEqual(codes, [...Array.from({ length: 20 }, () => status.UNAUTHENTICATED), status.RESOURCE_EXHAUSTED]);
  t.is(told.filter(({ kind }) => kind === 'authentication-failed').length, 20);
  const [lockout, ...others] = told.filter(({ kind }) => kind === 'locked-out');
  t.deepEqual(others, []);
  t.like(lockout, { kind: 'locked-out', login: 'ops', address: '127.0.0.1' });
  const right = await t.throwsAsync(server.connect({ username: 'ops', password: 'changeit' }).appendToStream('a', happened()));
  t.regex(right.message, /Too many wrong passwords/);
  t.true((await server.client.appendToStream('a', happened())).success, 'other users are not locked out');
});

test.serial('the security log gets denied access with its user, address and method', async (t) => {
  const told: SecurityEvent[] = [];
  await using server = await startTestServer({ tls: testCertificates(), securityEvent: (event) => told.push(event) });
  const ops = server.connect({ username: 'ops', password: ADMIN.password });
  await t.throwsAsync(Array.fromAsync(ops.readAll()));
  await t.throwsAsync(ops.appendToStream('$secret', happened()));
  await t.throwsAsync(server.connect().deleteStream('a'));
  t.deepEqual(told, [
    { kind: 'access-denied', login: 'ops', address: '127.0.0.1', method: '/event_store.client.streams.Streams/Read' },
    { kind: 'access-denied', login: 'ops', address: '127.0.0.1', method: '/event_store.client.streams.Streams/BatchAppend' },
    { kind: 'access-denied', login: 'anonymous', address: '127.0.0.1', method: '/event_store.client.streams.Streams/Delete' },
  ]);
});
