/** A server in a process of its own, pinned to a core where the system can do that, and asked by messages. */
import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const SERVER_CORE = '0';
const LOAD_CORE = '1';

type Usage = { readonly cpuUs: number; readonly rssBytes: number };

export type Child = AsyncDisposable & {
  readonly url: string;
  ask<Answer>(what: string, details?: object): Promise<Answer>;
  usage(): Promise<Usage>;
};

type Asked = { readonly id: number; readonly what: string; readonly details: object };
type Answered = { readonly id: number; readonly answer?: unknown; readonly error?: string };

/** Whether processes can be held to a core here. The load keeps the other one. */
export const isPinned: boolean = spawnSync('taskset', ['-acp', LOAD_CORE, String(process.pid)]).error === undefined;

const NODE_ARGUMENTS = ['--expose-gc', '--max-semi-space-size=16'];

export async function startChild(file: URL): Promise<Child> {
  const started = isPinned ? { execPath: 'taskset', execArgv: ['-c', SERVER_CORE, process.execPath, ...NODE_ARGUMENTS] } : { execArgv: NODE_ARGUMENTS };
  const child = fork(file, { ...started, serialization: 'advanced', stdio: 'inherit' });
  const waiting = new Map<number, { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void }>();
  let asked = 0;
  const died = once(child, 'exit');
  child.on('message', ({ id, answer, error }: Answered) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(answer);
    else one?.reject(new Error(error));
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the server ended with ${code}`));
  });
  const ask = <Answer>(what: string, details: object = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const id = asked++;
      waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      child.send({ id, what, details } satisfies Asked);
    });
  return {
    url: await ask<string>('url'),
    ask,
    usage: () => ask<Usage>('usage'),
    [Symbol.asyncDispose]: async () => {
      child.send({ id: asked++, what: 'stop', details: {} } satisfies Asked);
      await died;
    },
  };
}

/** For the child: each handler answers what it is asked. */
export function answer(handlers: Readonly<Record<string, (details: never) => unknown>>, stop: () => Promise<void>): void {
  const all: Readonly<Record<string, (details: never) => unknown>> = { usage, ...handlers };
  const send = (answered: Answered) => (process as unknown as ChildProcess).send(answered);
  const answerOne = async ({ id, what, details }: Asked) => {
    if (what === 'stop') {
      await stop();
      process.exit(0);
    }
    try {
      send({ id, answer: await all[what]?.(details as never) });
    } catch (error) {
      send({ id, error: String(error) });
    }
  };
  process.on('message', (asked: Asked) => void answerOne(asked));
  process.on('disconnect', () => process.exit(1));
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, rssBytes: process.memoryUsage().rss };
}
