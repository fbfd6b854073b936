/** Adds to a backup what the log has got since, in segments. Each is whole and in the manifest before the next one begins. */
import { join } from 'node:path';
import type { CopiedPart, EventStore, LogCopy } from '../../event-store/store.ts';
import { writeWhole, type ArrivingFile } from './durable-files.ts';
import { BackupFailed, endOfLog, LOG_FOLDER, writeManifest, type Manifest, type Segment } from './manifest.ts';
import type { Pace } from './pace.ts';

/** What a run that was interrupted begins again. */
export const SEGMENT_BYTES = 32 * 1_048_576;
/** The order of names is that of positions. */
const POSITION_DIGITS = 15;

export type CopyLogOptions = {
  readonly folder: string;
  readonly segmentBytes: number;
  readonly pace: Pace;
  readonly onCopied: (copied: { readonly next: number; readonly bytes: number }) => void;
};

/** `reached`: how far in each log of the servers that it is copied from, with this part. */
export type LogPart = CopiedPart & Pick<Segment, 'reached'>;
/** What comes behind the segments of a manifest. */
export type CopiedLog = Omit<LogCopy, 'parts'> & { readonly parts: AsyncIterable<LogPart> };

/** Throws `BackupFailed` where the segments are of another log. */
export function copyOfStore(manifest: Manifest, store: Pick<EventStore, 'copy' | 'readAt' | 'head'>): CopiedLog {
  assertSameLog(manifest, store);
  return store.copy(endOfLog(manifest));
}

/** Answers the manifest with the segments, as it is in the folder. */
export async function copyLogInto(manifest: Manifest, copy: CopiedLog, options: CopyLogOptions): Promise<Manifest> {
  const parts = copy.parts[Symbol.asyncIterator]();
  let current = manifest;
  for (let part = await parts.next(); part.done !== true;) {
    const { segment, after } = await writeSegment(endOfLog(current), { first: part.value, parts }, options);
    current = withFacts({ ...current, segments: [...current.segments, segment] }, copy);
    await writeManifest(options.folder, current);
    part = after;
  }
  return withFacts(current, copy);
}

const withFacts = (manifest: Manifest, copy: CopiedLog): Manifest => {
  const { words, scavengedBelow, setAside } = copy.facts();
  return { ...manifest, words: [...words], scavengedBelow, setAside: [...setAside] };
};

type Parts = { readonly first: LogPart; readonly parts: AsyncIterator<LogPart, unknown> };

async function writeSegment(
  from: number,
  { first, parts }: Parts,
  { folder, segmentBytes, pace, onCopied }: CopyLogOptions,
): Promise<{ readonly segment: Segment; readonly after: IteratorResult<LogPart, unknown> }> {
  const file = `${LOG_FOLDER}/${String(from).padStart(POSITION_DIGITS, '0')}.records`;
  const seen = { next: from, events: 0, bytes: 0, newestMs: 0, last: undefined as Segment['last'], reached: undefined as Segment['reached'] };
  let after: IteratorResult<LogPart, unknown> = { done: false, value: first };
  const written = await writeWhole(join(folder, file), async (arriving: ArrivingFile) => {
    while (after.done !== true && seen.bytes < segmentBytes) {
      const { bytes, events, next, newestMs, last, reached } = after.value;
      await arriving.write(bytes);
      Object.assign(seen, {
        next,
        events: seen.events + events,
        bytes: seen.bytes + bytes.length,
        newestMs: Math.max(seen.newestMs, newestMs),
        last: last ?? seen.last,
        reached: reached ?? seen.reached,
      });
      onCopied({ next, bytes: bytes.length });
      await pace(bytes.length);
      after = await parts.next();
    }
  });
  const { next, events, newestMs, last, reached } = seen;
  const known = { ...(last !== undefined && { last }), ...(reached !== undefined && { reached }) };
  return { segment: { file, ...written, from, next, events, newestMs, ...known }, after };
}

/** A log that was restored since has other events at the same positions. What was scavenged since can't tell. */
function assertSameLog({ segments }: Manifest, store: Pick<EventStore, 'readAt' | 'head'>): void {
  const isOther = () => new BackupFailed('The log isn’t the one that this backup is of: it was restored since, perhaps. Name an empty folder.');
  if (endOfLog({ segments }) > (store.head() ?? -1) + 1) throw isOther();
  for (const { last } of segments.toReversed()) {
    const found = last === undefined ? undefined : store.readAt(last.position);
    if (found === undefined) continue;
    if (found.id !== last?.id) throw isOther();
    return;
  }
}
