/** A whole Tidings in a process of its own, a person with a long history, and how the process and an honest client fare during an attack. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { MESSAGE_LENGTH_MAX_CHARACTERS } from '../../domain/chat/messages.ts';
import { callApi } from '../client/call-api.ts';
import { expectStatus } from '../client/expectations.ts';
import { waitUntilIdle } from '../e2e/system-under-test.ts';
import { ADMIN_TOKEN, startTidingsProcess, temporaryFolder, type TidingsProcess } from '../start-for-test.ts';

const MIB = 1024 * 1024;
const DONE = [200, 201];
/** Some 20 MB of history. */
const LONG_MESSAGES = 60;
const PASSWORD = 'correct horse battery staple';

type Person = { readonly id: string; readonly token: string };

export type SystemUnderAttack = AsyncDisposable & {
  readonly tidings: TidingsProcess;
  /** A channel with a long history, and a member. */
  readonly history: () => Promise<{ readonly member: Person; readonly path: string }>;
  /** The memory of the process, in MiB. */
  readonly memory: () => Promise<number>;
  /** How long an honest request takes, in milliseconds. Throws if it is not answered. */
  readonly honestRequestMs: () => Promise<number>;
};

export async function startSystemUnderAttack(overrides: Record<string, string> = {}): Promise<SystemUnderAttack> {
  const folder = await temporaryFolder();
  const tidings = await startTidingsProcess(folder.path, overrides);
  const { write, read } = tidings.addresses;
  const post = async (path: string, body: object, token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return expectStatus(DONE, await callApi(async () => write, path, { method: 'POST', headers, key: randomUUID(), body })).body;
  };
  const person = async (): Promise<Person> => {
    const loginName = `person-${randomUUID()}`;
    const { id } = await post('/v1/people', { loginName, password: PASSWORD, name: 'Ada' });
    const { token } = await post('/v1/sessions', { loginName, password: PASSWORD });
    return { id: String(id), token: String(token) };
  };
  const honest = await person();
  return {
    tidings,
    history: async () => {
      const member = await person();
      const { id } = await post('/v1/channels', { kind: 'group', title: 'Long', members: [] }, member.token);
      const path = `/v1/channels/${String(id)}/messages`;
      for (let n = 0; n < LONG_MESSAGES; n++) await post(path, { text: '😀'.repeat(MESSAGE_LENGTH_MAX_CHARACTERS) }, member.token);
      await waitUntilIdle({ addresses: async () => tidings.addresses, adminToken: ADMIN_TOKEN });
      return { member, path: `${path}?limit=200` };
    },
    memory: async () => {
      const status = await readFile(`/proc/${tidings.child.pid}/status`, 'utf8');
      return (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1_024) / MIB;
    },
    honestRequestMs: async () => {
      const startedMs = performance.now();
      const headers = { authorization: `Bearer ${honest.token}` };
      const response = await fetch(`${read}/v1/me/friends`, { headers, signal: AbortSignal.timeout(60_000) });
      if (response.status !== 200) throw new Error(`An honest request was answered ${response.status}.`);
      return performance.now() - startedMs;
    },
    [Symbol.asyncDispose]: async () => {
      await tidings[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** A connection to one of our listeners that may be reset. */
export async function connectTo(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket.on('error', () => undefined);
}

export const requestFor = (path: string, headers: Readonly<Record<string, string>> = {}): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

type Effect = { readonly memoryMost: number; readonly honestMostMs: number };

/** Watches the process for a while: the most memory it had, and the longest that an honest request took. */
export async function watch({ memory, honestRequestMs }: SystemUnderAttack, forMs: number): Promise<Effect> {
  let [memoryMost, honestMostMs] = [0, 0];
  for (const untilMs = performance.now() + forMs; performance.now() < untilMs; await delay(50)) {
    honestMostMs = Math.max(honestMostMs, await honestRequestMs());
    memoryMost = Math.max(memoryMost, await memory());
  }
  return { memoryMost, honestMostMs };
}
