/** Stream metadata: JSON in the last event of the metastream (`$$stream`). */
import { eventStoreError } from '../errors.ts';
import { TRUNCATED_ENTIRELY, type StreamMetadata } from '../store.ts';

export const METADATA_EVENT_TYPE = '$metadata';
export const TOMBSTONE_EVENT_TYPE = '$streamDeleted';
/** `TRUNCATED_ENTIRELY` in the stored JSON. */
const INT64_MAX = '9223372036854775807';

export const METASTREAM_PREFIX = '$$';
/** A metastream keeps one event, whatever its own metadata says. */
export const METASTREAM_BOUNDS: StreamMetadata = { $maxCount: 1 };
export const NO_METADATA: StreamMetadata = {};

export const isMetastream = (stream: string): boolean => stream.charCodeAt(0) === 0x24 && stream.startsWith(METASTREAM_PREFIX);
export const metastreamOf = (stream: string): string => METASTREAM_PREFIX + stream;
export const streamOf = (metastream: string): string => metastream.slice(METASTREAM_PREFIX.length);

/** Invalid metadata counts as none, since a client may append anything to a metastream. */
export function parseStreamMetadata(data: Uint8Array): StreamMetadata {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.length).toString('utf8'));
  } catch {
    return NO_METADATA;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return NO_METADATA;
  const { $maxCount, $maxAge, $tb, ...others } = parsed as Record<string, unknown>;
  return {
    ...others,
    ...(isBound($maxCount, 1) ? { $maxCount } : {}),
    ...(isBound($maxAge, 1) ? { $maxAge } : {}),
    ...(isBound($tb, 0) ? { $tb: Math.min($tb, TRUNCATED_ENTIRELY) } : {}),
  };
}

/** Throws `metadata-invalid` for bounds that would be ignored when read. */
export function formatStreamMetadata(metadata: StreamMetadata): Uint8Array {
  const { $maxCount, $maxAge, $tb } = metadata;
  for (const [name, bound, least] of [['$maxCount', $maxCount, 1] as const, ['$maxAge', $maxAge, 1] as const, ['$tb', $tb, 0] as const]) {
    if (bound !== undefined && !isBound(bound, least)) throw eventStoreError('metadata-invalid', `${name} must be a whole number of at least ${least}.`);
  }
  if ($tb !== TRUNCATED_ENTIRELY) return Buffer.from(JSON.stringify(metadata));
  const { $tb: _, ...others } = metadata;
  const rest = JSON.stringify(others).slice(1);
  return Buffer.from(`{"$tb":${INT64_MAX}${rest === '}' ? '' : ','}${rest}`);
}

const isBound = (value: unknown, least: number): value is number => typeof value === 'number' && Number.isInteger(value) && value >= least;
