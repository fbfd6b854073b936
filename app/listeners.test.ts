/** Settings reach the listeners and the workers that they are for. */
import { once } from 'node:events';
import test from 'ava';
import { WebSocket } from 'ws';
import { startTidingsForTest, temporaryFolder } from '../tests/start-for-test.ts';

const SETTINGS = {
  TIDINGS_RATE_LIMITS: 'posts=1/60,queries=1/60',
  TIDINGS_GATEWAY_PERSON_CONNECTIONS_MAX: '1',
  TIDINGS_GATEWAY_HEARTBEAT_SECONDS: '3',
  TIDINGS_GATEWAY_PRESENCE_TTL_SECONDS: '9',
};

test('rate limits hold on both APIs, and the gateway takes its own settings', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path, SETTINGS);
  const { write, read } = tidings.addresses;
  const login = { loginName: 'ann', password: 'correct horse battery' };
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    fetch(write + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  await post('/v1/people', { ...login, name: 'Ann' });
  const { token, gateway } = (await (await post('/v1/sessions', login)).json()) as { readonly token: string; readonly gateway: string };
  const authorization = `Bearer ${token}`;

  t.is((await post('/v1/me/feed', { text: 'One.' }, { authorization })).status, 201);
  const refused = await post('/v1/me/feed', { text: 'Two.' }, { authorization });
  t.is(refused.status, 429);
  t.regex(JSON.stringify(await refused.json()), /"rate-limited".*"posts"/);
  const statuses = [];
  for (let i = 0; i < 2; i++) statuses.push((await fetch(`${read}/v1/me`, { headers: { authorization } })).status);
  t.deepEqual(statuses, [200, 429]);

  const first = await connect(gateway, token, 'laptop');
  t.is(first.welcome['heartbeatEveryMs'], 3_000);
  const closed = once(first.socket, 'close');
  const second = await connect(gateway, token, 'phone');
  await closed;
  t.is(second.socket.readyState, WebSocket.OPEN);
  second.socket.close();
});

async function connect(gateway: string, token: string, device: string) {
  const socket = new WebSocket(gateway);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', token, device, cursors: {} }));
  const [data] = (await once(socket, 'message')) as [Buffer];
  return { socket, welcome: JSON.parse(data.toString()) as Readonly<Record<string, unknown>> };
}
