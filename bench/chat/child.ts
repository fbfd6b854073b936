/** A server in a process of its own, pinned to a core where the system can do that, and asked by messages. */
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Answered, Asked, Usage } from './serve-parent.ts';

const SERVER_CORE = '0';
const LOAD_CORE = '1';

export type Child = AsyncDisposable & {
  readonly url: string;
  ask<Answer>(what: string, details?: object): Promise<Answer>;
  usage(): Promise<Usage>;
};

/** Whether processes can be held to a core here. This one, the load's, keeps the other: a server must not import this module. */
export const isPinned: boolean = spawnSync('taskset', ['-acp', LOAD_CORE, String(process.pid)]).error === undefined;

/** As `npm start` has it. */
const { scripts } = createRequire(import.meta.url)('../../package.json') as { readonly scripts: { readonly start: string } };
const NODE_ARGUMENTS = ['--expose-gc', ...(scripts.start.match(/--\S+/g) ?? [])];

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
