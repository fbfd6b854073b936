/** The child's side of `server-process.ts`: it answers the parent's calls until it is told to stop. */
import type { ChildProcess } from 'node:child_process';

export type Usage = { readonly cpuUs: number; readonly rssBytes: number };
export type Call = { readonly id: number; readonly name: string; readonly parameters: object };
export type Reply = { readonly id: number; readonly result?: unknown; readonly error?: string };

type Handlers = Readonly<Record<string, (parameters: never) => unknown>>;

/** Each handler answers the calls of its name; `usage` is there for every server. */
export function serveParent(handlers: Handlers, stop: () => Promise<void>): void {
  const all: Handlers = { usage, ...handlers };
  const send = (reply: Reply) => (process as unknown as ChildProcess).send(reply);
  const handle = async ({ id, name, parameters }: Call) => {
    if (name === 'stop') {
      await stop();
      process.exit(0);
    }
    try {
      send({ id, result: await all[name]?.(parameters as never) });
    } catch (error) {
      send({ id, error: String(error) });
    }
  };
  process.on('message', (call: Call) => void handle(call));
  process.on('disconnect', () => process.exit(1));
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, rssBytes: process.memoryUsage().rss };
}
