/** The real process with all roles on the embedded profile, on a core of its own where processes can be pinned, and people who write to each other in pairs. */
import { spawnSync } from 'node:child_process';
import { v7 } from 'uuid';
import { callApi, type RequestOptions } from '../../tests/client/call-api.ts';
import { expectStatus } from '../../tests/client/expectations.ts';
import { temporaryFolder, type TidingsProcess } from '../../tests/start-for-test.ts';
import { startTidingsAsPeopleDo } from '../shared/start-tidings.ts';
import { isPinned, SERVER_CORE } from '../chat/server-process.ts';
import { inParallel } from '../distributed/waiting.ts';

/** Nobody is to be limited: all people come from one address, and everybody writes faster than people do. */
export const UNLIMITED = {
  TIDINGS_RATE_LIMITS: ['sign-ups', 'logins-of-address', 'commands', 'queries', 'anonymous-requests', 'response-kilobytes']
    .map((name) => `${name}=100000000/60`)
    .join(','),
};
const PASSWORD = 'a stable full of staples';
const SIGN_UPS_AT_ONCE = 2;
const MICROSECONDS = 1_000_000;

export type Account = { readonly person: string; readonly token: string };
export type Pair = { readonly channel: string; readonly members: readonly [Account, Account] };

export type Target = AsyncDisposable & {
  readonly gatewayUrl: string;
  readonly pairs: readonly Pair[];
  /** Of the whole process since its start, in µs. */
  cpuUs(): Promise<number>;
};

/** `profileFolder`: where the process leaves its CPU profiles when it ends. */
export async function startTarget({ pairs: count, profileFolder }: { readonly pairs: number; readonly profileFolder: string | undefined }): Promise<Target> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder()).path;
  const profiling = profileFolder === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profileFolder}` };
  const tidings = await startTidingsAsPeopleDo(folder, { ...UNLIMITED, ...profiling, TIDINGS_CHAT_PUSH_AFTER_MS: '10000' });
  starting.defer(async () => void (await tidings.stop('SIGTERM')));
  if (isPinned) spawnSync('taskset', ['-acp', SERVER_CORE, String(tidings.child.pid)]);
  const { write, ops } = tidings.addresses;
  const pairs = await signUpPairs(write, count);

  const started = starting.move();
  return {
    gatewayUrl: gatewayUrlOf(tidings),
    pairs,
    cpuUs: async () => Number(/^process_cpu_seconds_total (\S+)$/m.exec(await (await fetch(`${ops}/metrics`)).text())?.[1]) * MICROSECONDS,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

export const gatewayUrlOf = ({ lines }: Pick<TidingsProcess, 'lines'>): string =>
  String(lines.find(({ msg, role }) => msg === 'listening' && role === 'gateway')?.['url']).replace(/^http/, 'ws');

/** `write`: the address of write-api. */
export async function signUpPairs(write: string, count: number): Promise<readonly Pair[]> {
  const call = async (method: 'POST' | 'PUT', path: string, options: Omit<RequestOptions, 'method'>) =>
    expectStatus([200, 201, 202, 204], await callApi(async () => write, path, { method, key: v7(), ...options })).body;
  const people = await inParallel(2 * count, SIGN_UPS_AT_ONCE, async (n): Promise<Account> => {
    const login = { loginName: `writer-${n}`, password: PASSWORD };
    await call('POST', '/v1/people', { body: { ...login, name: `Writer ${n}` } });
    const { token, person } = await call('POST', '/v1/sessions', { body: login });
    return { person: String(person), token: String(token) };
  });
  return await inParallel(count, SIGN_UPS_AT_ONCE, async (n): Promise<Pair> => {
    const members = people.slice(2 * n, 2 * n + 2) as [Account, Account];
    const [headers = {}, others = {}] = members.map(({ token }) => ({ authorization: `Bearer ${token}` }));
    const { id } = await call('POST', '/v1/channels', { headers, body: { kind: 'direct', members: [members[1].person] } });
    await call('POST', `/v1/me/message-requests/${String(id)}/accept`, { headers: others });
    return { channel: String(id), members };
  });
}
