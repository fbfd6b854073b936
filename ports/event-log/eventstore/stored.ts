/** From the client's terms to those of the port. */
import type { EventStoreDBClient, RecordedEvent } from '@eventstore/db-client';
import type { Position, StoredEvent } from '../port.ts';
import { positionAt } from '../position.ts';

/** The client's `dispose` may wait for ever for an abandoned call. */
const DISPOSE_MAX_MS = 1_000;

/** `log`: its number. */
export function storedIn(log: number) {
  const positionOf = (event: { readonly position?: { readonly commit: bigint } }): Position => positionAt(log, event.position?.commit ?? 0n);
  const stored = (event: RecordedEvent): StoredEvent => ({
    id: event.id,
    type: event.type,
    stream: event.streamId,
    revision: Number(event.revision),
    position: positionOf(event),
    data: bytesOf(event.data),
    metadata: bytesOf(event.metadata),
  });
  return { positionOf, stored };
}

const bytesOf = (content: unknown): Uint8Array => (content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content ?? {})));

export async function disposeOf(client: EventStoreDBClient): Promise<void> {
  await Promise.race([client.dispose(), new Promise((resolve) => setTimeout(resolve, DISPOSE_MAX_MS))]);
}
