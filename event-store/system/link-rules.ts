/** The links that EventStoreDB's system projections make: to the first event of every stream, to events by category, to events by type. */
import { LINK_TYPE, linkDataTo } from '../read/links.ts';
import { isMetastream, METADATA_EVENT_TYPE, parseStreamMetadata, streamOf, TOMBSTONE_EVENT_TYPE } from '../storage/stream-metadata.ts';
import { TRUNCATED_ENTIRELY, type StoredEvent } from '../store.ts';

export const SYSTEM_PROJECTIONS = ['$streams', '$by_category', '$by_event_type'] as const;
export type SystemProjection = (typeof SYSTEM_PROJECTIONS)[number];

export type LinkTarget = {
  /** The stream that gets the link. */
  readonly stream: string;
  /** `revision@stream`: the event that the link refers to. */
  readonly data: string;
  /** The stream that was deleted, of a link to its deletion. */
  readonly deletedStream?: string;
};

/** The link that a projection makes of an event, if it makes one. */
export function linkOf(projection: SystemProjection, event: StoredEvent): LinkTarget | undefined {
  switch (projection) {
    case '$streams':
      return event.revision === 0 ? { stream: '$streams', data: linkDataTo(event) } : undefined;
    case '$by_category':
      return linkByCategory(event);
    case '$by_event_type':
      return linkByType(event);
  }
}

function linkByCategory(event: StoredEvent): LinkTarget | undefined {
  const deletedStream = streamDeletedBy(event);
  const category = categoryOf(deletedStream ?? event.stream);
  if (category === undefined) return undefined;
  const data = event.type === LINK_TYPE ? Buffer.from(event.data).toString('utf8') : linkDataTo(event);
  return { stream: `$ce-${category}`, data, ...(deletedStream !== undefined && { deletedStream }) };
}

function linkByType(event: StoredEvent): LinkTarget | undefined {
  if (event.type === LINK_TYPE) return undefined;
  const deletedStream = streamDeletedBy(event);
  if (deletedStream === undefined) return { stream: `$et-${event.type}`, data: linkDataTo(event) };
  return { stream: '$et-$deleted', data: linkDataTo({ revision: event.revision, stream: deletedStream }), deletedStream };
}

/** The part of a stream's name before the first dash; system streams have none. */
function categoryOf(stream: string): string | undefined {
  const dash = stream.indexOf('-');
  return stream.startsWith('$') || dash <= 0 ? undefined : stream.slice(0, dash);
}

/** By a tombstone, or softly by its metadata. */
function streamDeletedBy({ stream, type, data }: StoredEvent): string | undefined {
  if (type === TOMBSTONE_EVENT_TYPE) return stream;
  if (!isMetastream(stream) || type !== METADATA_EVENT_TYPE) return undefined;
  return parseStreamMetadata(data).$tb === TRUNCATED_ENTIRELY ? streamOf(stream) : undefined;
}
