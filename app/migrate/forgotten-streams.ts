/**
 * Streams of what was forgotten. They begin with their last event, at whatever revision it has, and so can't be copied with their revisions:
 * in the target they have that event behind whatever was copied before, and are truncated there as well.
 */
import type { TidingsEvent } from '../../domain/events.ts';
import type { EventStore, StoredEvent as EventInStore } from '../../event-store/store.ts';
import type { EventLog, NewEvent, Position } from '../../ports/event-log/port.ts';
import { MigrationFailed } from './migration-failed.ts';

const LAST_TYPES: readonly TidingsEvent['type'][] = ['notifications.delivery-forgotten.v1', 'notifications.forgotten.v1'];
const CATEGORIES = /^(delivery|notification)-/;
const TRUNCATED_AT_ONCE = 64;

export const isLastEvent = ({ type }: { readonly type: string }): boolean => LAST_TYPES.some((one) => one === type);

/** Whether a stream is one that was truncated when it was forgotten. */
export const isTruncatedIn =
  ({ streamMetadata }: Pick<EventStore, 'streamMetadata'>) =>
  (stream: string): boolean =>
    CATEGORIES.test(stream) && streamMetadata(stream).metadata.$tb !== undefined;

/** Behind what the target has of the stream, if anything. */
export async function appendLastEvent(target: Pick<EventLog, 'append' | 'readStream'>, { stream, id, type, data, metadata }: EventInStore): Promise<Position> {
  const event: NewEvent = { id, type, data, metadata };
  for await (const last of target.readStream(stream, { from: 'end', direction: 'backwards', limit: 1 })) {
    if (last.id === id) return last.position;
    const result = await target.append(stream, [event], last.revision);
    if (result.outcome === 'appended') return result.position;
  }
  const result = await target.append(stream, [event], 'no-stream');
  if (result.outcome === 'appended') return result.position;
  throw new MigrationFailed(`${stream} can’t be copied: somebody appends to it on the servers.`);
}

/** To be done again as often as it was interrupted. */
export async function truncateInTarget(
  source: Pick<EventStore, 'readAll'>,
  target: Pick<EventLog, 'readStream' | 'truncate'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let streams: string[] = [];
  const truncate = async () => {
    signal?.throwIfAborted();
    await Promise.all(
      streams.map(async (stream) => {
        for await (const { revision } of target.readStream(stream, { from: 'end', direction: 'backwards', limit: 1 })) await target.truncate(stream, revision);
      }),
    );
    streams = [];
  };
  for await (const { stream } of source.readAll({ filter: { on: 'type', names: LAST_TYPES } })) {
    streams.push(stream);
    if (streams.length >= TRUNCATED_AT_ONCE) await truncate();
  }
  await truncate();
}
