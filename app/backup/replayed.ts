/** What makes a restored folder a replay: what of the vault is in it, and the mark that keeps anything but looking from being done with it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Instant } from '../../domain/shared/instant.ts';
import type { KeptRecord } from '../../ports/vault/sqlite-records.ts';
import { REPLAYED_FILE } from '../data-folder.ts';
import { FINGERPRINTED } from '../start-checks/vault-identity.ts';
import { isMissing, writeWhole } from './durable-files.ts';

/** Of the installation: by one the log knows its vault, and by the others media and words are found in what the log and the views name. */
const KEPT_SECRETS: ReadonlySet<string> = new Set([FINGERPRINTED, 'media-keys', 'search-terms']);

/**
 * What opens the log, and no more: nobody logs in by what a replay has, no token of the installation is good there, and whoever gets hold
 * of the folder has no password hash, session or secret of an app.
 */
export const isKeptInReplay = ({ kind, id }: Pick<KeptRecord, 'kind' | 'id'>): boolean =>
  kind === 'subject-key' || kind === 'channel-ratchet' || (kind === 'installation-secret' && KEPT_SECRETS.has(id));

/** `at`: of the backup. `to`: only what had happened by then; null: all that the backup has. `next`: the position at which its log ended. */
export type Replayed = { readonly at: string; readonly to: string | null; readonly next: number };

const replayed = z.object({ at: z.string(), to: z.string().nullable(), next: z.number().int() });

export async function writeReplayed(folder: string, { at, to, next }: Omit<Replayed, 'to'> & { readonly to: Instant | undefined }): Promise<void> {
  const text = JSON.stringify({ at, to: to ?? null, next } satisfies Replayed);
  await writeWhole(join(folder, REPLAYED_FILE), ({ write }) => write(Buffer.from(`${text}\n`)));
}

/** Undefined where the folder is no replay. */
export async function readReplayed(folder: string): Promise<Replayed | undefined> {
  try {
    return replayed.parse(JSON.parse(await readFile(join(folder, REPLAYED_FILE), 'utf8')));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
