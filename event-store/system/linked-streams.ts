/**
 * Appends links in the order of the events that they are made of. Each link carries the position of its event, so that after an interruption
 * the last link of a stream tells which events are linked already.
 */
import { randomUUID } from 'node:crypto';
import { isEventStoreError } from '../errors.ts';
import { LINK_TYPE } from '../read/links.ts';
import type { EventStore, NewEvent, StoredEvent } from '../store.ts';
import type { LinkTarget } from './link-rules.ts';

/** Clients see positions one higher. */
const toSeenPosition = (position: number) => position + 1;
const LINKS_PER_APPEND = 100;
/** Streams whose last link is remembered. */
const REMEMBERED_MAX = 10_000;
/** Events of others at the end of a stream of links that are passed over in search of the last link. */
const SEARCHED_MAX = 1_000;

export type MadeLink = LinkTarget & { readonly source: StoredEvent };

type Store = Pick<EventStore, 'append' | 'readStream'>;

export function linkedStreams(store: Store) {
  const lastLinked = new Map<string, number>(); // positions

  /** All links are to the same stream, in the order of their events. */
  async function append(stream: string, links: readonly MadeLink[]): Promise<void> {
    const linkedUpTo = lastLinked.get(stream) ?? findLastLinked(store, stream);
    const missing = links.filter(({ source }) => source.position > linkedUpTo);
    for (let at = 0; at < missing.length; at += LINKS_PER_APPEND) {
      await appendSome(store, stream, missing.slice(at, at + LINKS_PER_APPEND));
    }
    remember(stream, Math.max(linkedUpTo, missing.at(-1)?.source.position ?? -1));
  }

  function remember(stream: string, position: number): void {
    lastLinked.delete(stream); // so that it becomes the newest
    lastLinked.set(stream, position);
    if (lastLinked.size <= REMEMBERED_MAX) return;
    for (const oldest of lastLinked.keys()) {
      lastLinked.delete(oldest);
      return;
    }
  }

  return { append };
}

/** A stream that an operator tombstoned takes no links; nor does one whose name would be too long. */
async function appendSome(store: Store, stream: string, links: readonly MadeLink[]): Promise<void> {
  try {
    await store.append(stream, links.map(toEvent), 'any');
  } catch (error) {
    if (!(isEventStoreError(error) && error.code === 'stream-name-invalid')) throw error;
  }
}

function toEvent({ data, deletedStream, source }: MadeLink): NewEvent {
  const position = toSeenPosition(source.position);
  const metadata = {
    $c: position,
    $p: position,
    $o: deletedStream ?? source.stream,
    $causedBy: source.id,
    ...(deletedStream !== undefined && { $deleted: -1 }),
  };
  return {
    id: randomUUID(),
    type: LINK_TYPE,
    contentType: 'application/octet-stream',
    data: Buffer.from(data),
    metadata: Buffer.from(JSON.stringify(metadata)),
  };
}

/** The position of the event that the last link was made of; -1 without one. */
function findLastLinked(store: Store, stream: string): number {
  const read = store.readStream(stream, { from: 'end', direction: 'backwards', limit: SEARCHED_MAX });
  if (read.outcome !== 'found') return -1;
  for (const { type, metadata } of read.events) {
    const position = type === LINK_TYPE ? positionIn(metadata) : undefined;
    if (position !== undefined) return position - toSeenPosition(0);
  }
  return -1;
}

export function positionIn(metadata: Uint8Array): number | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(metadata).toString('utf8'));
    const position = typeof parsed === 'object' && parsed !== null && '$c' in parsed ? parsed.$c : undefined;
    return Number.isSafeInteger(position) ? (position as number) : undefined;
  } catch {
    return undefined;
  }
}
