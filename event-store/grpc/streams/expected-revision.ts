/** The expected revision in a request of any kind. */
import type { ExpectedRevision } from '../../store.ts';
import { fromWireNumber } from '../wire/positions.ts';

type ExpectationMessage = {
  hasRevision(): boolean;
  getRevision(): string;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
  hasAny(): boolean;
};

/** `undefined` when the request has none, which differs from 'any'. */
export function parseExpectedRevision(message: ExpectationMessage): ExpectedRevision | undefined {
  if (message.hasRevision()) return fromWireNumber(message.getRevision());
  if (message.hasNoStream()) return 'no-stream';
  if (message.hasStreamExists()) return 'stream-exists';
  return message.hasAny() ? 'any' : undefined;
}
