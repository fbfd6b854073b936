/** Validates requests before they are queued. */
import { eventStoreError } from '../errors.ts';
import { EVENT_TYPE_BYTES_MAX, STREAM_NAME_BYTES_MAX } from '../storage/record.ts';
import type { ExpectedRevision, NewEvent } from '../store.ts';
import { isMetastream, METASTREAM_PREFIX } from '../storage/stream-metadata.ts';
import { parseUuid } from '../storage/uuid.ts';

/** Throws `event-invalid` or `append-too-large`. */
export function validateEvents(events: readonly NewEvent[], bytesMax: number): { readonly ids: readonly Uint8Array[]; readonly bytes: number } {
  const ids: Uint8Array[] = [];
  let bytes = 0;
  for (const { id, type, data, metadata } of events) {
    const idBytes = parseUuid(id);
    if (idBytes === undefined) throw eventStoreError('event-invalid', `An event's id must be a UUID in lower case; this one is "${id}".`);
    if (!isName(type, EVENT_TYPE_BYTES_MAX)) {
      throw eventStoreError('event-invalid', `An event's type must have 1 to ${EVENT_TYPE_BYTES_MAX} bytes of well-formed text.`);
    }
    ids.push(idBytes);
    bytes += data.length + metadata.length + 2 * type.length;
  }
  if (bytes > bytesMax) throw eventStoreError('append-too-large', `One append may have at most ${bytesMax} bytes of events; this one has ${bytes}.`);
  return { ids, bytes };
}

export function validateStreamName(stream: string): void {
  // Every stream has a metastream, the stream with the longest name too.
  const bytesMax = isMetastream(stream) ? STREAM_NAME_BYTES_MAX + METASTREAM_PREFIX.length : STREAM_NAME_BYTES_MAX;
  if (!isName(stream, bytesMax) || stream === '$all' || stream === '$$') {
    throw eventStoreError('stream-name-invalid', `A stream's name must have 1 to ${STREAM_NAME_BYTES_MAX} bytes of well-formed text and must not be $all.`);
  }
}

export function validateExpectedRevision(expected: ExpectedRevision): void {
  if (typeof expected === 'string' || (Number.isSafeInteger(expected) && expected >= 0)) return;
  throw eventStoreError('expected-revision-invalid', `An expected revision must be a whole number of at least 0; this one is ${expected}.`);
}

/** A name that UTF-8 can't encode would come back as another name. */
function isName(text: string, bytesMax: number): boolean {
  return text.length > 0 && text.length <= bytesMax && text.isWellFormed() && Buffer.byteLength(text) <= bytesMax;
}
