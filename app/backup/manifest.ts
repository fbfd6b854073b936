/**
 * What a backup has, in its `backup.json`. The log is in segments, each written once and only added to; vault and list of media are
 * written anew by each run. `complete` is what can be restored: what a run has added since, and didn't end, is beyond it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isPosition } from '../../ports/event-log/position.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { isMissing, writeWhole } from './durable-files.ts';

const FORMAT = 1;
export const MANIFEST_FILE = 'backup.json';
export const LOG_FOLDER = 'log';
export const MEDIA_FOLDER = 'media';
export const ERASED_LIST_FILE = 'erased-subjects.ndjson';

const position = z.number().int().min(0);
const file = z.object({ file: z.string().regex(/^[\w.-]+(\/[\w.-]+)?$/), bytes: z.number().int().min(0), sha256: z.hex() });

const segment = file.extend({
  from: position,
  next: position,
  events: z.number().int().min(0),
  /** The newest time of an event in it, in milliseconds since 1970; 0 where it has none. */
  newestMs: z.number(),
  /** By which the log is known again; absent where it has no event. */
  last: z.object({ position, id: z.string() }).optional(),
  /** Of what was copied from servers: how far in each of their logs. */
  reached: z.custom<Position>((value) => typeof value === 'string' && isPosition(value)).optional(),
});
export type Segment = z.infer<typeof segment>;

const complete = z.object({
  at: z.string(),
  /** The position at which the log of this backup ends. */
  next: position,
  /** `only`: what a replay has of it, and no more. */
  vault: file.extend({ records: z.number().int(), only: z.literal('replay').optional() }),
  /** Absent where media is kept elsewhere. */
  media: file.extend({ objects: z.number().int() }).optional(),
  /** How many of the vault's subjects were erased. */
  erased: z.number().int(),
});
export type Complete = z.infer<typeof complete>;

const manifest = z.object({
  format: z.literal(FORMAT),
  /** Of the vault, as the log knows it. */
  installation: z.string(),
  /** Of the log. */
  epoch: z.number().int(),
  /** When the first run began. */
  begun: z.string(),
  words: z.array(z.string()),
  scavengedBelow: position,
  setAside: z.array(position),
  segments: z.array(segment),
  complete: complete.optional(),
});
export type Manifest = z.infer<typeof manifest>;

/** It can't be made, verified or restored, for a reason that the operator is told. */
export class BackupFailed extends Error {
  override readonly name = 'BackupFailed';
}

export const newManifest = (of: Pick<Manifest, 'installation' | 'epoch' | 'begun'>): Manifest => ({
  format: FORMAT,
  ...of,
  words: [],
  scavengedBelow: 0,
  setAside: [],
  segments: [],
});

/** Undefined where the folder has none. Throws `BackupFailed`. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, MANIFEST_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new BackupFailed(`${path} can’t be read: ${String(error)}`, { cause: error });
  }
  const read = manifest.safeParse(jsonOf(text));
  if (!read.success) throw new BackupFailed(`${path} isn’t what a backup of this version of Tidings writes, or is damaged.`, { cause: read.error });
  return read.data;
}

/** Throws `BackupFailed` where no run has ended in the folder. */
export async function readComplete(folder: string): Promise<{ readonly manifest: Manifest; readonly complete: Complete }> {
  const found = await readManifest(folder);
  if (found === undefined) throw new BackupFailed(`${folder} has no backup: there is no ${MANIFEST_FILE} in it.`);
  if (found.complete === undefined)
    throw new BackupFailed(`No run has ended in ${folder}: run npx tidings backup ${folder} again, which goes on where it was interrupted.`);
  return { manifest: found, complete: found.complete };
}

export async function writeManifest(folder: string, written: Manifest): Promise<void> {
  await writeWhole(join(folder, MANIFEST_FILE), ({ write }) => write(Buffer.from(`${JSON.stringify(written, undefined, 1)}\n`)));
}

export const endOfLog = ({ segments }: Pick<Manifest, 'segments'>): number => segments.at(-1)?.next ?? 0;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
