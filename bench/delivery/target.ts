/** The real process with all roles on the embedded profile, on a core of its own where processes can be pinned; an app and its recipients. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { callApi, type RequestOptions } from '../../tests/client/call-api.ts';
import { expectStatus, listOf, type JsonObject } from '../../tests/client/expectations.ts';
import { signRequest, type AppCredentials } from '../../tests/client/sign-request.ts';
import { ADMIN_TOKEN, temporaryFolder, type TidingsProcess } from '../../tests/start-for-test.ts';
import { startTidingsAsPeopleDo } from '../shared/start-tidings.ts';
import { waitUntilIdle } from '../../tests/e2e/system-under-test.ts';
import { isPinned, SERVER_CORE } from '../chat/server-process.ts';
import { inParallel } from '../distributed/waiting.ts';
import { VENDOR_MS } from './sizes.ts';

/** Nobody is to be limited: the load comes from one app on one address. */
const UNLIMITED = {
  TIDINGS_RATE_LIMITS: ['sign-ups', 'logins-of-address', 'commands', 'app-requests', 'queries', 'anonymous-requests', 'response-kilobytes']
    .map((name) => `${name}=100000000/60`)
    .join(','),
  TIDINGS_NOTIFICATIONS_PER_DAY_MAX: '100000000',
};
const PASSWORD = 'a stable full of staples';
const SIGN_UPS_AT_ONCE = 2;

export type Target = AsyncDisposable & {
  readonly operations: string;
  readonly recipients: readonly string[];
  /** One notification to these people. */
  notify(recipients: readonly string[], body: string): Promise<void>;
  /** What the vendor has accepted, newest first. */
  accepted(limit: number): Promise<readonly JsonObject[]>;
  untilIdle(): Promise<void>;
};

export async function startTarget({ recipients: count }: { readonly recipients: number }): Promise<Target> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder()).path;
  const tidings = await startTidingsAsPeopleDo(folder, UNLIMITED);
  starting.defer(async () => void (await tidings.stop('SIGTERM')));
  if (isPinned) spawnSync('taskset', ['-acp', SERVER_CORE, String(tidings.child.pid)]);
  const { write, ops } = tidings.addresses;
  const call = async (method: 'POST' | 'PUT', path: string, options: Omit<RequestOptions, 'method'>) =>
    expectStatus([200, 201, 202], await callApi(async () => write, path, { method, key: v7(), ...options })).body;

  const { id, secret } = await call('POST', '/v1/apps', { headers: { authorization: `Bearer ${ADMIN_TOKEN}` }, body: { name: 'Bench' } });
  const app: AppCredentials = { id: String(id), secret: String(secret) };
  const recipients = await inParallel(count, SIGN_UPS_AT_ONCE, async (n) => {
    const login = { loginName: `recipient-${n}`, password: PASSWORD };
    await call('POST', '/v1/people', { body: { ...login, name: `Recipient ${n}` } });
    const { token, person } = await call('POST', '/v1/sessions', { body: login });
    const headers = { authorization: `Bearer ${String(token)}` };
    await call('PUT', '/v1/me/devices/phone', { headers, body: { platform: 'fcm', token: `token-${n}` } });
    await call('PUT', `/v1/me/apps/${app.id}`, { headers });
    return String(person);
  });
  behave(folder);

  const started = starting.move();
  return {
    operations: ops,
    recipients,
    notify: async (to, text) => {
      const [key, body] = [v7(), { recipients: to, category: 'bench', channels: ['push'], content: { title: 'Bench', body: text } }];
      await call('POST', '/v1/notifications', { key, body, headers: () => signRequest(app, 'POST', '/v1/notifications', { body, key }) });
    },
    accepted: (limit) => acceptedOf(tidings, limit),
    untilIdle: () => waitUntilIdle({ addresses: async () => tidings.addresses, adminToken: ADMIN_TOKEN }),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** By the command line, as a developer would. */
function behave(folder: string): void {
  const told = ['outbox', 'behave', '--data', folder, '--channel', 'push', '--does', 'accept-slowly', '--latency-ms', String(VENDOR_MS)];
  const { status, stderr } = spawnSync(process.execPath, ['cli/main.ts', ...told], { cwd: join(import.meta.dirname, '..', '..'), encoding: 'utf8' });
  if (status !== 0) throw new Error(`The outbox would not behave: ${stderr}`);
}

const PAGE_MAX = 1_000;

async function acceptedOf({ addresses }: TidingsProcess, limit: number): Promise<readonly JsonObject[]> {
  const messages: JsonObject[] = [];
  while (messages.length < limit) {
    const before = messages.length === 0 ? '' : `&before=${String(messages.at(-1)?.['id'])}`;
    const page = await callApi(async () => addresses.ops, `/outbox/outbox.json?channel=push&limit=${Math.min(PAGE_MAX, limit - messages.length)}${before}`, {});
    const found = listOf(page, 'messages');
    if (found.length === 0) break;
    messages.push(...found);
  }
  return messages;
}
