/** The part of the control protocol that is about backups. Restoring and verifying need no process, and are no operations. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { ErasedList } from '../../backup/erased-list.ts';
import type { BackupProgress, BackupResult } from '../../backup/make-backup.ts';

const PATH_CHARACTERS_MAX = 4_000;
const path = z.string().max(PATH_CHARACTERS_MAX).refine(isAbsolute, 'an absolute path');

export const backupRequests = {
  /** Both paths are of the machine of the process, which writes there. */
  'back-up': z.strictObject({
    folder: path,
    erasedList: path.optional(),
    bytesPerSecondMax: z.number().int().positive().optional(),
    /** For a replay, which shows it from where it is, and has of the vault what opens the log. */
    media: z.literal('left-out').optional(),
    vault: z.literal('replay').optional(),
  }),
  'list-erased': z.strictObject({}),
} as const;

export type BackupLines = {
  readonly 'back-up': ({ readonly is: 'progress' } & BackupProgress) | ({ readonly is: 'result' } & BackupResult);
  /** One at least. */
  readonly 'list-erased': ErasedList;
};
