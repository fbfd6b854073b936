/** What the writer expects, out of any of the requests that say it. */
import type { ExpectedRevision } from '../../store.ts';
import { fromWireNumber } from '../wire/positions.ts';

type ExpectationMessage = {
  hasRevision(): boolean;
  getRevision(): string;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
  hasAny(): boolean;
};

/** `undefined` when the request says nothing, which isn't the same as 'any'. */
export function parseExpectedRevision(message: ExpectationMessage): ExpectedRevision | undefined {
  if (message.hasRevision()) return fromWireNumber(message.getRevision());
  if (message.hasNoStream()) return 'no-stream';
  if (message.hasStreamExists()) return 'stream-exists';
  return message.hasAny() ? 'any' : undefined;
}
