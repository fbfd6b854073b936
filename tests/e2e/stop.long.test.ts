/** SIGTERM while clients hold every listener: sockets, streams, and connections that say nothing, with and without load. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { ROLES } from '../../app/config/settings.ts';
import { openGatewaySocket } from '../client/gateway-socket.ts';
import { connectTo } from '../hostile/system-under-attack.ts';
import { startTidingsProcess, temporaryFolder, type TidingsProcess } from '../start-for-test.ts';
import { TEST_TIMEOUT_MS } from './system-under-test.ts';

const PEOPLE = 10;
const SOCKETS_EACH = 20;
const STREAMS_EACH = 5;
const SILENT_PER_LISTENER = 10;
/** So that the load is at work everywhere when the process is asked to stop. */
const LOAD_MS = 1_500;
const IDLE_STOP_MS_MAX = 5_000;
const STOP_DEADLINE_SECONDS = 20;

const SETTINGS = {
  TIDINGS_EVENT_STORE_PORT: '0',
  TIDINGS_EVENT_STORE_TLS: 'insecure',
  TIDINGS_STOP_DEADLINE_SECONDS: String(STOP_DEADLINE_SECONDS),
  TIDINGS_RATE_LIMITS: 'posts=1000000/60,queries=1000000/60,streams=1000/60,gateway-hellos=1000/60',
};

type Person = { readonly token: string; readonly post: (text: string) => Promise<void> };

async function logIn({ write }: { readonly write: string }): Promise<Person> {
  const post = async (path: string, body: object, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(write + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return (await response.json()) as { readonly token?: string };
  };
  const login = { loginName: `person-${randomUUID()}`, password: 'correct horse battery' };
  await post('/v1/people', { ...login, name: 'Ann' });
  const { token = '' } = await post('/v1/sessions', login);
  return { token, post: async (text) => void (await post('/v1/me/feed', { text }, { authorization: `Bearer ${token}` })) };
}

const urlsOf = ({ lines }: TidingsProcess): readonly string[] => lines.filter(({ msg }) => msg === 'listening').map(({ url }) => String(url));

/** Sockets that said hello, streams that are read, and connections that say nothing, on every listener. */
async function holdOpen(tidings: TidingsProcess, people: readonly Person[]): Promise<void> {
  const gateway = urlsOf(tidings).find((url) => url.startsWith('ws:')) ?? '';
  for (const { token } of people) {
    for (let n = 0; n < SOCKETS_EACH; n++) {
      const socket = await openGatewaySocket(gateway);
      socket.send({ type: 'hello', token, device: `device-${n}`, cursors: {} });
      await socket.waitForFrame(({ type }) => type === 'welcome');
    }
    for (let n = 0; n < STREAMS_EACH; n++) {
      const path = n % 2 === 0 ? '/v1/me/feed/live' : '/v1/me/notifications/live';
      const response = await fetch(tidings.addresses.read + path, { headers: { authorization: `Bearer ${token}` } });
      if (response.status !== 200) throw new Error(`A stream was answered ${response.status}: ${await response.text()}`);
      void response.text().catch(() => undefined);
    }
  }
  for (const url of urlsOf(tidings)) for (let n = 0; n < SILENT_PER_LISTENER; n++) (await connectTo(url.replace(/^\w+:/, 'http:'))).resume();
}

/** Resolves when the process is gone and no client gets through any more. */
function load(tidings: TidingsProcess, people: readonly Person[]): { readonly requests: () => number; readonly ended: Promise<unknown> } {
  let requests = 0;
  const actsOf = ({ token, post }: Person) => [
    () => post('hello'),
    async () => void (await (await fetch(`${tidings.addresses.read}/v1/me/feed`, { headers: { authorization: `Bearer ${token}` } })).text()),
    async () => void (await (await fetch(`${tidings.addresses.ops}/metrics`)).text()),
  ];
  const client = async (act: () => Promise<void>) => {
    for (; tidings.child.exitCode === null; requests++) await act().catch(() => delay(20));
  };
  const ended = Promise.all(people.flatMap((person) => [...actsOf(person), ...actsOf(person)].map(client)));
  return { requests: () => requests, ended };
}

for (const isLoaded of [false, true]) {
  const within = isLoaded ? 'within its deadline under load' : `within ${IDLE_STOP_MS_MAX / 1_000} s without load`;
  test.serial(`a process whose clients hold sockets, streams and silent connections stops with 0 ${within}`, async (t) => {
    t.timeout(TEST_TIMEOUT_MS);
    await using folder = await temporaryFolder();
    await using tidings = await startTidingsProcess(folder.path, SETTINGS, ['--role', ...ROLES]);
    const people = await Promise.all(Array.from({ length: PEOPLE }, () => logIn(tidings.addresses)));
    await holdOpen(tidings, people);
    const loading = isLoaded ? load(tidings, people) : undefined;
    await delay(LOAD_MS);
    const startedMs = performance.now();
    const exit = await tidings.stop('SIGTERM');
    const tookMs = performance.now() - startedMs;
    t.log(`stopped after ${Math.round(tookMs)} ms${loading === undefined ? '' : `, beside ${loading.requests()} requests`}`);
    t.is(exit, 0);
    t.true(tookMs < (isLoaded ? STOP_DEADLINE_SECONDS * 1_000 : IDLE_STOP_MS_MAX), `it took ${Math.round(tookMs)} ms`);
    t.is(tidings.lines.at(-1)?.msg, 'stopped');
    await loading?.ended;
  });
}
