/** Sets a damaged event of the embedded event store aside, so that everybody's reads pass over it. The reason stays in the log. */
import { isEventStoreError } from '../../event-store/errors.ts';
import { setAsideInFolder } from '../../event-store/open.ts';
import type { EventStore, SetAsideResult } from '../../event-store/store.ts';
import { offsetIn } from '../../ports/event-log/position.ts';
import { openDataFolder } from '../data-folder.ts';
import { ControlFailure, type OperationRequest, type ResponseLines } from './protocol.ts';
import { startControlServer } from './server.ts';

/** The embedded event store is the only log of its process. */
const LOG_NUMBER = 0;

export async function* setAsideEvent(
  setAside: EventStore['setAside'],
  { position, reason }: OperationRequest<'set-aside-event'>,
): AsyncIterable<ResponseLines['set-aside-event']> {
  const offset = typeof position === 'number' ? position : offsetIn(position, LOG_NUMBER);
  if (offset === undefined) throw new ControlFailure('bad-request', `The position ${position} is of another log than the event store of this process.`);
  yield lineOf(await orFailure(() => setAside(Number(offset), reason)));
}

/**
 * Locks a folder that no process has open, and answers this one operation. The store itself stays closed until then, for it doesn't open
 * where the last record of its log is damaged. Throws `FolderInUse`, `CannotStart`.
 */
export async function openDamagedStoreForCli({ dataFolder: folder }: { readonly dataFolder: string }): Promise<AsyncDisposable> {
  await using starting = new AsyncDisposableStack();
  const { events } = starting.use(openDataFolder(folder));
  const setAside: EventStore['setAside'] = (position, reason) => setAsideInFolder(events, { position, reason });
  starting.use(await startControlServer({ 'set-aside-event': (request) => setAsideEvent(setAside, request) }, { folder }));
  const opened = starting.move();
  return { [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

const lineOf = ({ position, stream, revision, noticePosition }: SetAsideResult): ResponseLines['set-aside-event'] => ({
  position,
  stream: stream ?? null,
  revision: revision ?? null,
  noticePosition,
});

/** The store's own sentences are for the operator. */
async function orFailure<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (isEventStoreError(error)) throw new ControlFailure('failed', error.message, { cause: error });
    throw error;
  }
}
