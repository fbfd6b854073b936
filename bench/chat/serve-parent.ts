/** The server's side of `child.ts`: it answers what it is asked, until it is told to stop. */
import type { ChildProcess } from 'node:child_process';

export type Usage = { readonly cpuUs: number; readonly rssBytes: number };
export type Asked = { readonly id: number; readonly what: string; readonly details: object };
export type Answered = { readonly id: number; readonly answer?: unknown; readonly error?: string };

/** Each handler answers what is asked under its name. */
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
