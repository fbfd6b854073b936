/**
 * Appends with a deadline and retries. An append whose answer was lost may have happened; repeated with the same ids at the same
 * revision it is answered as the first time.
 */
import { ErrorType, jsonEvent, type AppendResult } from '@eventstore/db-client';
import { isClientError, toUnavailable } from './errors.ts';
import { answerWithin, type Deadlines } from './deadline.ts';
import { pause } from './reconnect.ts';
import { LogUnavailable, type NewEvent } from '../port.ts';

const APPEND_TRIES_MAX = 4;
const APPEND_RETRY_FIRST_MS = 25;

export const toEventData = ({ id, type, data, metadata }: NewEvent) =>
  // A plain Uint8Array of metadata is sent as it is; a Buffer would be taken for an object.
  jsonEvent({ id, type, data: JSON.parse(Buffer.from(data).toString()) as Record<string, unknown>, metadata: new Uint8Array(metadata) });

export async function appendWithRetries(append: () => Promise<AppendResult>, deadlines: Deadlines, signal: AbortSignal): Promise<AppendResult | 'conflict'> {
  for (let tries = 1; ; tries++) {
    try {
      return await answerWithin(deadlines, append());
    } catch (error) {
      if (isClientError(error, ErrorType.WRONG_EXPECTED_VERSION) || isClientError(error, ErrorType.STREAM_DELETED)) return 'conflict';
      if (isClientError(error, ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED)) throw error; // a retry would fail again
      // Nor is one tried again that had no answer in its time: whoever waits for it has waited long enough.
      if (tries >= APPEND_TRIES_MAX || signal.aborted || error instanceof LogUnavailable) throw toUnavailable(error);
      await pause(APPEND_RETRY_FIRST_MS * 2 ** tries * Math.random(), signal);
    }
  }
}
