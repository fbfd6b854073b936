/** What a process and its threads for reading say to each other. A thread runs one operation at a time. */
import type { BackedUp } from '../../backup/backed-up.ts';
import type { LogEpoch } from '../../../ports/event-log/port.ts';
import type { FailureCode, OperationRequest } from '../protocol.ts';

/** Of the embedded profile: `events` is the folder of the event store, the others are files. */
export type ReadFiles = { readonly events: string; readonly vault: string; readonly views: string };

/** An operation, and what it needs beside the files. */
export type Reading =
  | { readonly operation: 'export-log'; readonly request: OperationRequest<'export-log'> }
  /** `stored`: the name under which the active build keeps the collection. */
  | { readonly operation: 'export-view'; readonly request: OperationRequest<'export-view'>; readonly stored: string }
  | { readonly operation: 'diff-builds'; readonly request: OperationRequest<'diff-builds'> }
  | { readonly operation: 'back-up'; readonly request: OperationRequest<'back-up'>; readonly backedUp: BackedUp };

/** `epoch`: of the log, whose views are read. */
export type ThreadConfig = ReadFiles & { readonly epoch: LogEpoch };

/** `more`: one of the pieces that were sent has been taken. */
export type ToThread = { readonly is: 'run'; readonly reading: Reading } | { readonly is: 'more' } | { readonly is: 'cancel' } | { readonly is: 'close' };

/** `lines`: whole lines of JSON in UTF-8, one or many. */
export type FromThread =
  | { readonly is: 'lines'; readonly lines: Uint8Array }
  | { readonly is: 'ended' }
  | { readonly is: 'failed'; readonly code: FailureCode; readonly message: string };

/** So many pieces may be on their way to who reads slowly. */
export const PIECES_AHEAD_MAX = 2;
