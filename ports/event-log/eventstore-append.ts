/**
 * Appends with a deadline and retries. An append whose answer was lost may have happened; repeated with the same ids at the same
 * revision it is answered as the first time.
 */
import { ErrorType, jsonEvent, type AppendResult } from '@eventstore/db-client';
import { isClientError, toUnavailable } from './eventstore-errors.ts';
import { pause } from './eventstore-reconnect.ts';
import { LogUnavailable, type NewEvent } from './port.ts';

/** The client itself waits for an answer for ever. */
const APPEND_DEADLINE_MS = 10_000;
const APPEND_TRIES_MAX = 4;
const APPEND_RETRY_FIRST_MS = 25;

export const toEventData = ({ id, type, data, metadata }: NewEvent) =>
  // A plain Uint8Array of metadata is sent as it is; a Buffer would be taken for an object.
  jsonEvent({ id, type, data: JSON.parse(Buffer.from(data).toString()) as Record<string, unknown>, metadata: new Uint8Array(metadata) });

export async function appendWithRetries(append: () => Promise<AppendResult>, signal: AbortSignal): Promise<AppendResult | 'conflict'> {
  for (let tries = 1; ; tries++) {
    try {
      return await withDeadline(append());
    } catch (error) {
      if (isClientError(error, ErrorType.WRONG_EXPECTED_VERSION) || isClientError(error, ErrorType.STREAM_DELETED)) return 'conflict';
      if (isClientError(error, ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED)) throw error; // a retry would fail again
      if (tries >= APPEND_TRIES_MAX || signal.aborted) throw toUnavailable(error);
      await pause(APPEND_RETRY_FIRST_MS * 2 ** tries * Math.random(), signal);
    }
  }
}

async function withDeadline(append: Promise<AppendResult>): Promise<AppendResult> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LogUnavailable(`no answer to an append within ${APPEND_DEADLINE_MS} ms`)), APPEND_DEADLINE_MS);
  });
  try {
    return await Promise.race([append, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
