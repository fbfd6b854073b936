/** People with the client library, on a Tidings in a process of its own that can be killed and started again at the same addresses. */
import { v7 } from 'uuid';
import { openTidings, type OpenChannel, type Tidings, type TidingsOptions } from '../../client/index.ts';
import { memoryStorage } from '../../client/storage/storage.ts';
import { callApi } from '../client/call-api.ts';
import { expectStatus } from '../client/expectations.ts';
import { ADMIN_TOKEN, startTidingsProcess, temporaryFolder, type TidingsProcess } from '../start-for-test.ts';
import { startCuttableProxy, type CuttableProxy } from './cuttable-proxy.ts';

export const PASSWORD = 'a stable full of staples';

export type Account = { readonly person: string; readonly token: string };

export type ClientSystem = AsyncDisposable & {
  readonly urls: { readonly read: string; readonly write: string };
  /** In front of the gateway. */
  readonly network: CuttableProxy;
  /** In front of the write API: its address, and the network to it. */
  readonly commands: { readonly url: string; readonly network: CuttableProxy };
  account(name: string): Promise<Account>;
  /** Another session of theirs: its token. */
  logIn(name: string): Promise<string>;
  directChannel(one: Account, other: Account): Promise<string>;
  /** An app by which the person lets themselves be notified. */
  app(enrolled: Account): Promise<{ readonly id: string; readonly secret: string }>;
  /** Through the cuttable network. */
  open(account: Account, options?: Partial<TidingsOptions>): Promise<Tidings>;
  /** `kill -9`, and a start on the same folder. */
  restart(): Promise<void>;
};

export async function startClientSystem(overrides: Record<string, string> = {}): Promise<ClientSystem> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder()).path;
  let tidings: TidingsProcess = await startTidingsProcess(folder, overrides);
  starting.defer(async () => void (await tidings.stop('SIGTERM')));
  const gatewayOf = () => new URL(String(tidings.lines.find(({ msg, role }) => msg === 'listening' && role === 'gateway')?.['url']));
  const ports = () => ({
    TIDINGS_WRITE_PORT: new URL(tidings.addresses.write).port,
    TIDINGS_READ_PORT: new URL(tidings.addresses.read).port,
    TIDINGS_GATEWAY_PORT: gatewayOf().port,
  });
  const network = starting.use(await startCuttableProxy(() => ({ host: '127.0.0.1', port: Number(gatewayOf().port) })));
  const { read, write } = tidings.addresses;
  const commandNetwork = starting.use(await startCuttableProxy(() => ({ host: '127.0.0.1', port: Number(new URL(write).port) })));
  const call = async (method: 'POST' | 'PUT', path: string, body: object, token?: string) =>
    expectStatus(
      [200, 201],
      await callApi(async () => write, path, { method, key: v7(), body, ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }) }),
    ).body;
  const opened: Tidings[] = [];
  starting.defer(() => opened.forEach(({ chat }) => chat.close()));
  const started = starting.move();
  return {
    urls: { read, write },
    network,
    commands: { url: `http://127.0.0.1:${commandNetwork.port}`, network: commandNetwork },
    account: async (name) => {
      await call('POST', '/v1/people', { loginName: name, name, password: PASSWORD });
      const { token, person } = await call('POST', '/v1/sessions', { loginName: name, password: PASSWORD });
      return { token: String(token), person: String(person) };
    },
    logIn: async (name) => String((await call('POST', '/v1/sessions', { loginName: name, password: PASSWORD }))['token']),
    directChannel: async (one, other) => {
      const { id } = await call('POST', '/v1/channels', { kind: 'direct', members: [other.person] }, one.token);
      await call('POST', `/v1/me/message-requests/${String(id)}/accept`, {}, other.token);
      return String(id);
    },
    app: async ({ token }) => {
      const { id, secret } = await call('POST', '/v1/apps', { name: 'Web shop' }, ADMIN_TOKEN);
      await call('PUT', `/v1/me/apps/${String(id)}`, {}, token);
      return { id: String(id), secret: String(secret) };
    },
    open: async ({ token, person }, options = {}) => {
      const openSocket = () => new WebSocket(`ws://127.0.0.1:${network.port}/`);
      const client = await openTidings({ read, write, token, device: 'laptop', storedAs: person, storage: memoryStorage(), openSocket, ...options });
      opened.push(client);
      return client;
    },
    restart: async () => {
      const same = ports();
      await tidings.stop('SIGKILL');
      tidings = await startTidingsProcess(folder, { ...overrides, ...same });
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Resolves when the channel's state is as wanted. Rejects after a minute, with the last state. */
export function untilChannel(channel: OpenChannel, isSo: (state: OpenChannel['state']['value']) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => reject(new Error(`Not within a minute: ${JSON.stringify(channel.state.value).slice(0, 2_000)}`)), 60_000);
    const leave = channel.state.subscribe((state) => {
      if (!isSo(state)) return;
      clearTimeout(timeout);
      queueMicrotask(() => leave());
      resolve();
    });
  });
}

/** Resolves when the connection is live. */
export const untilLive = ({ chat }: Tidings): Promise<void> =>
  new Promise((resolve) => {
    const leave = chat.connection.subscribe(({ phase }) => {
      if (phase !== 'live') return;
      queueMicrotask(() => leave());
      resolve();
    });
  });
