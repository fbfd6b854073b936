/** The requests and lines of following one cause through the log. */
import { z } from 'zod';
import type { LogLine } from '../log-line.ts';

const ID_CHARACTERS_MAX = 200;
const DAYS_MAX = 100_000;

export const traceRequests = {
  /** `days`: no event is looked at that is older. */
  'trace-events': z.strictObject({ id: z.string().min(1).max(ID_CHARACTERS_MAX), days: z.int().positive().max(DAYS_MAX) }),
} as const;

export type TraceLines = {
  readonly 'trace-events': { readonly is: 'progress'; readonly events: number; readonly found: number } | ({ readonly is: 'event' } & LogLine);
};
