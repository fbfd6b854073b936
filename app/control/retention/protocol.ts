/** The part of the control protocol that is about what is kept for how long. */
import { z } from 'zod';
import type { Forgotten } from '../../../workers/notifications/retention/forget-old.ts';

export const retentionRequests = {
  /** Counts what is older than it is kept, and forgets nothing. */
  'count-old': z.strictObject({}),
  /** Forgets it, as the sweep does by itself. */
  'forget-old': z.strictObject({}),
} as const;

/** `progress`: of a category, so far. `result`: the whole category. None where everything is kept for ever. */
export type RetentionLine = { readonly is: 'progress' | 'result' } & Forgotten;

export type RetentionLines = { readonly 'count-old': RetentionLine; readonly 'forget-old': RetentionLine };
