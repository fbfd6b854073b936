/** The part of the control protocol that moves an embedded installation to servers. */
import { z } from 'zod';
import type { MigrateProgress, MigrateResult } from '../../migrate/migrate.ts';

const SETTINGS_MAX = 500;
const SETTING_CHARACTERS_MAX = 10_000;

export const migrateRequests = {
  /** The settings of a process of the distributed profile; files that they name are of the machine of the process that is asked. */
  migrate: z.strictObject({
    settings: z
      .record(z.string().max(SETTING_CHARACTERS_MAX), z.string().max(SETTING_CHARACTERS_MAX))
      .refine((settings) => Object.keys(settings).length <= SETTINGS_MAX, `at most ${SETTINGS_MAX} settings`),
  }),
} as const;

export type MigrateLines = {
  readonly migrate: ({ readonly is: 'progress' } & MigrateProgress) | ({ readonly is: 'result' } & MigrateResult);
};
