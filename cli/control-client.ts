/**
 * Connects the command line to a data folder, or to a process of the distributed profile. Only one process may have a folder open: if
 * one runs, the command line asks it over its control socket; if none runs, it opens the folder and asks itself over the same socket.
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
import { FolderInUse, isReplay } from '../app/data-folder.ts';
import { callOperation, type Asking, type ControlAddress } from './call-operation.ts';
import { CliFailure, EXIT } from './failure.ts';

/** A process that is starting or stopping has the folder open and doesn't listen. */
const WAIT_FOR_LISTENER_MS = 10_000;
const POLL_MS = 100;

export type ControlClient = AsyncDisposable & {
  /** The data folder; absent where a process is asked over HTTP. `isOpenedHere`: no process runs on it, and nobody else is served meanwhile. */
  readonly folder?: { readonly path: string; readonly isOpenedHere: boolean };
  call<Name extends OperationName>(operation: Name, request: OperationRequest<Name>): AsyncIterable<ResponseLines[Name]>;
};

export type ConnectOptions = Asking & {
  readonly config: Config;
  /** `running-process`: the command needs a process that runs already. `damaged-store`: it mends a store that may not open. */
  readonly needs: 'folder' | 'running-process' | 'damaged-store';
  readonly say: (line: string) => void;
};

/** Nothing is asked yet. */
export const connectToProcess = (address: Extract<ControlAddress, { url: string }>, asking: Asking): ControlClient => ({
  call: (operation, request) => callOperation(address, operation, request, asking),
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

/** Throws `CliFailure` if neither is possible. */
export async function connectToFolder({ config, needs, say, signal, reason }: ConnectOptions): Promise<ControlClient> {
  const { dataFolder: folder } = config;
  const isRunning = await isListening(folder);
  const hasVault = existsSync(join(folder, 'vault.sqlite'));
  const hasEventStore = existsSync(join(folder, 'events', 'current'));
  if (!isRunning && !hasVault && !hasEventStore) {
    throw new CliFailure(EXIT.unreachable, `${folder} is no data folder of Tidings: it has no vault.sqlite. Name yours with --data, or with TIDINGS_DATA.`);
  }
  const opened = isRunning
    ? undefined
    : await openOrWait(config, { needs, say, open: needs === 'damaged-store' ? openDamagedStore : hasVault ? openAll : openStore });
  const socket = findSocket(folder);
  if (socket === undefined) throw new CliFailure(EXIT.unreachable, `The process that had ${folder} open has just stopped; try again.`);
  return {
    folder: { path: folder, isOpenedHere: opened !== undefined },
    call: (operation, request) => callOperation({ socketPath: socket }, operation, request, { signal, reason }),
    [Symbol.asyncDispose]: async () => await opened?.[Symbol.asyncDispose](),
  };
}

type OpenFolder = (config: Config, say: (line: string) => void) => Promise<AsyncDisposable>;
type OpenOptions = Pick<ConnectOptions, 'needs' | 'say'> & { readonly open: OpenFolder };

/** Loads all of Tidings, which asking a running process does without. */
const openAll: OpenFolder = async (given, say) => {
  const { openForCli } = await import('../app/control/open-for-cli.ts');
  const { readOnlyConfig } = await import('../app/replay/read-only-config.ts');
  const config = isReplay(given.dataFolder) ? readOnlyConfig(given) : given;
  return openForCli(config, { failureReporter: (component) => (error) => say(`${component}: ${String(error)}`) });
};

/** For a folder of the role `event-store` alone. */
const openStore: OpenFolder = async (config) => {
  const { openStoreForCli } = await import('../app/control/open-store-for-cli.ts');
  return openStoreForCli(config);
};

/** For setting an event aside without which the store may not even open. */
const openDamagedStore: OpenFolder = async (config) => {
  const { openDamagedStoreForCli } = await import('../app/control/set-aside-event.ts');
  return openDamagedStoreForCli(config);
};

/** Undefined: another process was the first to open the folder, and listens. */
async function openOrWait(config: Config, { needs, say, open }: OpenOptions): Promise<AsyncDisposable | undefined> {
  const { dataFolder: folder } = config;
  for (const until = performance.now() + WAIT_FOR_LISTENER_MS; performance.now() < until; await delay(POLL_MS)) {
    if (await isListening(folder)) return undefined;
    if (needs === 'running-process') throw new CliFailure(EXIT.unreachable, `No Tidings runs on ${folder}, and this needs one: npm start.`);
    try {
      return await open(config, say);
    } catch (error) {
      if (error instanceof FolderInUse) continue;
      if (error instanceof CannotStart) throw new CliFailure(EXIT.unreachable, `${error.message} ${String(error.cause)}`, { cause: error });
      throw new CliFailure(EXIT.unreachable, `${folder} can’t be opened: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  throw new CliFailure(EXIT.unreachable, `A process has ${folder} open and does not listen on its control socket; try again, or look at its log.`);
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
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return false; // no process, or the socket of one that was killed
    throw new CliFailure(EXIT.unreachable, `The control socket ${path} can’t be opened: ${String(error)}`, { cause: error });
  } finally {
    socket.destroy();
  }
}
