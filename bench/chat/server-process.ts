/** Starts a server in a process of its own, pinned to a core where the system can do that, and calls it by messages. */
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { START_FLAGS } from '../shared/start-tidings.ts';
import type { Call, Reply, Usage } from './serve-parent.ts';

export const SERVER_CORE = '0';
const LOAD_CORE = '1';

export type ServerProcess = AsyncDisposable & {
  readonly url: string;
  call<Result>(name: string, parameters?: object): Promise<Result>;
  usage(): Promise<Usage>;
};

/** Whether processes can be pinned to a core. This process, the load's, keeps the other core: a server must not import this module. */
export const isPinned: boolean = spawnSync('taskset', ['-acp', LOAD_CORE, String(process.pid)]).error === undefined;

const NODE_ARGUMENTS = ['--expose-gc', ...START_FLAGS];

export async function startServerProcess(file: URL): Promise<ServerProcess> {
  const node = isPinned ? { execPath: 'taskset', execArgv: ['-c', SERVER_CORE, process.execPath, ...NODE_ARGUMENTS] } : { execArgv: NODE_ARGUMENTS };
  const child = fork(file, { ...node, serialization: 'advanced', stdio: 'inherit' });
  const pending = new Map<number, { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void }>();
  let nextId = 0;
  const exited = once(child, 'exit');
  child.on('message', ({ id, result, error }: Reply) => {
    const call = pending.get(id);
    pending.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(error));
  });
  child.on('exit', (code) => {
    for (const { reject } of pending.values()) reject(new Error(`the server ended with ${code}`));
  });
  const call = <Result>(name: string, parameters: object = {}) =>
    new Promise<Result>((resolve, reject) => {
      const id = nextId++;
      pending.set(id, { resolve: resolve as (result: unknown) => void, reject });
      child.send({ id, name, parameters } satisfies Call);
    });
  return {
    url: await call<string>('url'),
    call,
    usage: () => call<Usage>('usage'),
    [Symbol.asyncDispose]: async () => {
      child.send({ id: nextId++, name: 'stop', parameters: {} } satisfies Call);
      await exited;
    },
  };
}
