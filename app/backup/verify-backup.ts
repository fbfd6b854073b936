/** Reads a whole backup, and tells what isn't as it was written, or doesn't belong together. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordsOfCopy } from '../../event-store/maintenance/copy.ts';
import { fingerprintBySecret, FINGERPRINTED } from '../start-checks/vault-identity.ts';
import { mediaObjectsIn } from './copy-media.ts';
import { vaultRecordsIn } from './copy-vault.ts';
import { lockForReading } from './lock-backup.ts';
import { isMissing, sumOfFile, type WrittenFile } from './durable-files.ts';
import { createHash } from 'node:crypto';
import { MEDIA_FOLDER, readComplete, type Complete, type Manifest, type Segment } from './manifest.ts';

const DAMAGE_TOLD_MAX = 100;

export type VerifyProgress = { readonly next: number; readonly of: number; readonly objects: number };
/** `objects`: null where media isn't in the backup. `damage`: a sentence for each thing that isn't as it was written, at most so many. */
export type VerifiedBackup = {
  readonly at: string;
  readonly events: number;
  readonly records: number;
  readonly objects: number | null;
  readonly damage: readonly string[];
};

type VerifyOptions = { readonly signal?: AbortSignal; readonly onProgress?: (progress: VerifyProgress) => void };

/** Throws `BackupFailed` where there is nothing to verify. */
export async function verifyBackup(folder: string, { signal, onProgress = () => undefined }: VerifyOptions = {}): Promise<VerifiedBackup> {
  using _lock = lockForReading(folder);
  const { manifest, complete } = await readComplete(folder);
  const damage: string[] = [];
  const progress = { next: 0, of: complete.next, objects: 0 };
  let events = 0;
  let before = 0;
  for (const segment of segmentsOf(manifest, complete)) {
    signal?.throwIfAborted();
    if (segment.from !== before) damage.push(`The backup has no events between the positions ${before} and ${segment.from}.`);
    const checked = await checkSegment(folder, segment);
    damage.push(...checked.damage);
    events += checked.events;
    before = segment.next;
    onProgress({ ...progress, next: before });
  }
  const vault = await checkVault(folder, { complete, manifest });
  damage.push(...vault.damage);
  let objects = 0;
  if (complete.media !== undefined) {
    const found = await checkMedia(folder, complete.media, () => {
      signal?.throwIfAborted();
      onProgress({ ...progress, next: before, objects: ++objects });
    });
    damage.push(...found);
  }
  return {
    at: complete.at,
    events,
    records: vault.records,
    objects: complete.media === undefined ? null : objects,
    damage: damage.slice(0, DAMAGE_TOLD_MAX),
  };
}

/** Those that belong to what can be restored. */
export const segmentsOf = ({ segments }: Pick<Manifest, 'segments'>, { next }: Pick<Complete, 'next'>): readonly Segment[] =>
  segments.filter(({ from }) => from < next);

/** The bytes of a segment, checked. Undefined: they aren't what was written. */
export async function readSegment(folder: string, { file, sha256 }: Pick<Segment, 'file' | 'sha256'>): Promise<Buffer | undefined> {
  try {
    const bytes = await readFile(join(folder, file));
    return createHash('sha256').update(bytes).digest('hex') === sha256 ? bytes : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

type Checked = { readonly events: number; readonly damage: readonly string[] };

async function checkSegment(folder: string, segment: Segment): Promise<Checked> {
  const bytes = await readSegment(folder, segment);
  if (bytes === undefined) return { events: 0, damage: [`${segment.file} is missing, or isn’t what was written.`] };
  try {
    const positions = Array.from(recordsOfCopy(bytes), ({ position }) => position);
    const isWhole = positions.length === segment.events && (positions[0] ?? segment.from) >= segment.from && (positions.at(-1) ?? 0) < segment.next;
    return { events: positions.length, damage: isWhole ? [] : [`${segment.file} hasn’t the events that ${'backup.json'} says.`] };
  } catch (error) {
    return { events: 0, damage: [`${segment.file}: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

async function checkVault(
  folder: string,
  { manifest: { installation }, complete: { vault } }: { readonly manifest: Manifest; readonly complete: Complete },
): Promise<{ readonly records: number; readonly damage: readonly string[] }> {
  if (!isSame(await sumOfFile(join(folder, vault.file)), vault)) return { records: 0, damage: [`${vault.file} is missing, or isn’t what was written.`] };
  let records = 0;
  let fingerprint: string | undefined;
  for await (const { kind, id, record } of vaultRecordsIn(folder, vault)) {
    records += 1;
    if (kind === 'installation-secret' && id === FINGERPRINTED && 'secret' in record)
      fingerprint = fingerprintBySecret(Buffer.from(String(record.secret), 'base64'));
  }
  const damage = fingerprint === installation && records === vault.records ? [] : [`${vault.file} isn’t the vault of this log.`];
  return { records, damage };
}

async function checkMedia(folder: string, media: NonNullable<Complete['media']>, onChecked: () => void): Promise<readonly string[]> {
  if (!isSame(await sumOfFile(join(folder, media.file)), media)) return [`${media.file} is missing, or isn’t what was written.`];
  const damage: string[] = [];
  for await (const object of mediaObjectsIn(folder, media)) {
    if (!isSame(await sumOfFile(join(folder, MEDIA_FOLDER, object.key)), object))
      damage.push(`${MEDIA_FOLDER}/${object.key} is missing, or isn’t what was written.`);
    onChecked();
  }
  return damage;
}

export const isSame = (one: WrittenFile | undefined, other: WrittenFile): boolean =>
  one !== undefined && one.bytes === other.bytes && one.sha256 === other.sha256;
