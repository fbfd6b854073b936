/** The security log, from the requests that cause its lines to the lines. */
import { once } from 'node:events';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'ava';
import { WebSocket } from 'ws';
import { ADMIN_TOKEN, startTidingsForTest, startTidingsProcess, temporaryFolder } from '../../tests/start-for-test.ts';
import { createSecurityLog } from './security-log.ts';

const ANN = { loginName: 'ann', password: 'correct horse battery' };

type Line = { readonly msg: string; readonly component?: string; readonly event?: string; readonly [field: string]: unknown };
const securityLines = (lines: readonly Line[]) => lines.filter(({ component }) => component === 'security');

test('says who did what with which account, without names, passwords and addresses', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsProcess(folder.path, { TIDINGS_ROLES: 'write-api,gateway' });
  const call = (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
    fetch(tidings.addresses.write + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const operator = { authorization: `Bearer ${ADMIN_TOKEN}` };
  await call('POST', '/v1/people', { ...ANN, name: 'Ann' });
  await call('POST', '/v1/sessions', { ...ANN, password: 'a wrong password' });
  const { token, person, gateway } = (await (await call('POST', '/v1/sessions', ANN)).json()) as { token: string; person: string; gateway: string };
  const ann = { authorization: `Bearer ${token}` };
  await call('PUT', '/v1/me/password', { password: 'a guess', newPassword: 'a stable full of staples' }, ann);
  await call('PUT', '/v1/me/password', { password: ANN.password, newPassword: 'a stable full of staples' }, ann);
  await call('POST', '/v1/apps', { name: 'Shop' }, ann);
  await call('POST', '/v1/apps', { name: 'Shop' }, operator);
  await call('GET', '/v1/gateway', undefined, { authorization: 'Bearer made-up' });
  const signature = { 'tidings-app': person, 'tidings-timestamp': new Date().toISOString(), 'tidings-signature': '0'.repeat(64) };
  await call('POST', '/v1/templates', { body: 'Hello' }, signature);
  const socket = new WebSocket(gateway);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', token: 'made-up', device: 'laptop', cursors: {} }));
  await once(socket, 'close');
  spawnSync(process.execPath, ['cli/main.ts', 'projections', 'list', '--data', folder.path], { cwd: join(import.meta.dirname, '..', '..') });
  await tidings.stop('SIGTERM');

  const lines = securityLines(tidings.lines);
  t.deepEqual(
    lines.map(({ event, operationId, code }) => [event, operationId, code].flatMap((part) => (typeof part === 'string' ? [part] : [])).join(' ')),
    [
      'credentials-changed signUp',
      'login-failed logIn login-failed',
      'logged-in logIn',
      'login-failed changePassword password-wrong',
      'credentials-changed changePassword',
      'access-denied registerApp forbidden',
      'operator-action registerApp',
      'token-refused recommendGateway token-invalid',
      'signature-refused publishTemplate signature-invalid',
      'token-refused token-invalid',
      'operator-action list-projections',
    ],
  );
  t.is(lines.find(({ event }) => event === 'logged-in')?.['actor'], person);
  t.regex(String(lines.find(({ event }) => event === 'login-failed')?.['login']), /^[\w.]{32}$/, 'the HMAC of the name');
  t.deepEqual(
    lines.filter(({ event }) => event === 'operator-action').map(({ actor }) => actor),
    ['admin-token', 'local'],
  );
  const text = JSON.stringify(lines);
  for (const secret of ['"ann"', 'correct horse', 'a wrong password', 'a guess', 'staples', '127.0.0.1', ADMIN_TOKEN, token])
    t.false(text.includes(secret), secret);
});

test('keeps addresses as a setting says: none, the network, or all of it', (t) => {
  const addressIn = (addresses: 'none' | 'truncated' | 'full', address: string) => {
    const kept: unknown[] = [];
    const line = (_: string, fields: Readonly<Record<string, unknown>> = {}) => void kept.push(fields['address']);
    createSecurityLog({ logger: { info: line, warn: line, error: line } }, { addresses }).report({
      api: 'write-api',
      event: 'login-failed',
      actor: 'anonymous',
      address,
    });
    return kept[0];
  };
  t.deepEqual(
    (['none', 'truncated', 'full'] as const).map((addresses) => addressIn(addresses, '203.0.113.9')),
    [undefined, '203.0.113.0/24', '203.0.113.9'],
  );
  t.is(addressIn('truncated', '2001:db8:1:2::9'), '2001:db8:1::/48');
  t.is(addressIn('full', ''), undefined);
});

test('counts its events, and says of a login that has to wait whose it was, through the proxy that it came by', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path, { TIDINGS_RATE_LIMITS: 'login-failures=1/60', TIDINGS_TRUSTED_PROXIES: '127.0.0.1' });
  const logIn = () =>
    fetch(`${tidings.addresses.write}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.9' },
      body: JSON.stringify(ANN),
    });
  t.deepEqual([(await logIn()).status, (await logIn()).status], [401, 429]);
  const metrics = await (await fetch(`${tidings.addresses.ops}/metrics`)).text();
  t.regex(metrics, /^tidings_security_events_total{event="login-failed"} 1$/m);
  t.regex(metrics, /^tidings_security_events_total{event="login-limited"} 1$/m);
});
