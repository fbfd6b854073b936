/**
 * How the command line gets at the data. One process at a time may have the folder open: where one has, it is asked over its
 * socket; where none has, this one opens the folder, and asks itself over the same socket, so that there is one way for both.
 */
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CannotStart } from '../app/cannot-start.ts';
import type { Config } from '../app/config/config.ts';
import type { ResponseLines, OperationName, OperationRequest } from '../app/control/protocol.ts';
import { findSocket } from '../app/control/socket.ts';
import { FolderInUse } from '../app/data-folder.ts';
import { callOperation } from './call-operation.ts';
import { CliFailure, EXIT } from './failure.ts';

/** A process that starts or stops has the folder already, or still, while it doesn't listen. */
const WAIT_FOR_LISTENER_MS = 10_000;
const LOOK_EVERY_MS = 100;

export type ControlClient = AsyncDisposable & {
  call<Name extends OperationName>(operation: Name, request: OperationRequest<Name>): AsyncIterable<ResponseLines[Name]>;
};

export type ConnectOptions = {
  readonly config: Config;
  /** `running-process`: it makes no sense without one. */
  readonly needs: 'folder' | 'running-process';
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
};

/** Throws `CliFailure` where neither is possible. */
export async function connectToFolder({ config, needs, say, signal }: ConnectOptions): Promise<ControlClient> {
  const { dataFolder: folder } = config;
  const isRunning = await isListening(folder);
  if (!isRunning && !existsSync(join(folder, 'vault.sqlite'))) {
    throw new CliFailure(EXIT.unreachable, `${folder} is no data folder of Tidings: it has no vault.sqlite. Name yours with --data, or with TIDINGS_DATA.`);
  }
  const opened = isRunning ? undefined : await openOrWait(config, needs, say);
  const socket = findSocket(folder);
  if (socket === undefined) throw new CliFailure(EXIT.unreachable, `The process that has ${folder} open has just gone.`);
  return {
    call: (operation, request) => callOperation(socket, operation, request, signal),
    [Symbol.asyncDispose]: async () => await opened?.[Symbol.asyncDispose](),
  };
}

/** Undefined where another process was the first to open it. */
async function openOrWait(config: Config, needs: ConnectOptions['needs'], say: (line: string) => void): Promise<AsyncDisposable | undefined> {
  const { dataFolder: folder } = config;
  const { openForCli } = await import('../app/control/open-for-cli.ts'); // all of Tidings: whoever only asks a process does without
  const failureReporter = (component: string) => (error: unknown) => say(`${component}: ${String(error)}`);
  for (const until = performance.now() + WAIT_FOR_LISTENER_MS; performance.now() < until; await delay(LOOK_EVERY_MS)) {
    if (await isListening(folder)) return undefined;
    if (needs === 'running-process') throw new CliFailure(EXIT.unreachable, `No Tidings runs on ${folder}, and this needs one.`);
    try {
      return await openForCli(config, { failureReporter });
    } catch (error) {
      if (error instanceof FolderInUse) continue;
      if (error instanceof CannotStart) throw new CliFailure(EXIT.unreachable, `${error.message} ${String(error.cause)}`, { cause: error });
      throw new CliFailure(EXIT.unreachable, `${folder} can’t be opened: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  throw new CliFailure(EXIT.unreachable, `A process has ${folder} open and does not listen on its control socket.`);
}

async function isListening(folder: string): Promise<boolean> {
  const path = findSocket(folder);
  if (path === undefined) return false;
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return false; // never there, or left by a process that was killed
    throw new CliFailure(EXIT.unreachable, `The control socket ${path} can’t be opened: ${String(error)}`, { cause: error });
  } finally {
    socket.destroy();
  }
}
