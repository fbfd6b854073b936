/** Copies the vault into a backup, one record a line. It comes last: whatever the log of the backup has sealed, its key is in it. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { KeptRecord } from '../../ports/vault/sqlite-records.ts';
import type { VaultKind } from '../../ports/vault/port.ts';
import { otherFile, writeWhole } from './durable-files.ts';
import type { ErasedSubject } from './erased-list.ts';
import { BackupFailed, type Complete } from './manifest.ts';
import type { Pace } from './pace.ts';
import { isKeptInReplay } from './replayed.ts';

/** `before`: the copy of the last run, which stays until the manifest names the new one. `only`: what a replay has gets onto the disk, and nothing else. */
export type CopyVaultOptions = {
  readonly folder: string;
  readonly before: Complete['vault'] | undefined;
  readonly only: 'replay' | undefined;
  readonly pace: Pace;
  readonly onCopied: (copied: { readonly records: number }) => void;
};

export type CopiedVault = { readonly vault: Complete['vault']; readonly erased: readonly ErasedSubject[] };

export async function copyVaultInto(
  pages: AsyncIterable<readonly KeptRecord[]>,
  { folder, before, only, pace, onCopied }: CopyVaultOptions,
): Promise<CopiedVault> {
  const file = otherFile('vault', before);
  const erased: ErasedSubject[] = [];
  let records = 0;
  const written = await writeWhole(join(folder, file), async ({ write }) => {
    for await (const page of pages) {
      erased.push(...erasedIn(page));
      const copied = only === 'replay' ? page.filter(isKeptInReplay) : page;
      records += copied.length;
      const lines = Buffer.from(copied.map((one) => `${JSON.stringify(one)}\n`).join(''));
      await write(lines);
      onCopied({ records });
      await pace(lines.length);
    }
  });
  return { vault: { file, ...written, records, ...(only !== undefined && { only }) }, erased };
}

export const erasedIn = (page: readonly KeptRecord[]): readonly ErasedSubject[] =>
  page.flatMap(({ kind, id, record }) => (kind === 'subject-key' && 'erasedAt' in record ? [{ subject: id, erasedAt: record.erasedAt }] : []));

const keptRecord = z.object({ kind: z.string(), id: z.string(), owner: z.string().nullable(), record: z.record(z.string(), z.unknown()) });

/** Throws `BackupFailed` at a line that isn't one. */
export async function* vaultRecordsIn(folder: string, { file }: Pick<Complete['vault'], 'file'>): AsyncGenerator<KeptRecord, void, undefined> {
  const lines = createInterface({ input: createReadStream(join(folder, file)), crlfDelay: Infinity });
  for await (const text of lines) yield recordOf(text, file);
}

function recordOf(text: string, file: string): KeptRecord {
  try {
    return keptRecord.parse(JSON.parse(text)) as unknown as KeptRecord<VaultKind>;
  } catch (error) {
    throw new BackupFailed(`${file} of the backup has a line that is no record of a vault.`, { cause: error });
  }
}
