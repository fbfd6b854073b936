import { DAY_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import type { Limit } from '../../ports/rate-limit/port.ts';

/** How many notifications an app may send to one person in a day, critical ones apart, where no setting says otherwise. */
export const FREQUENCY_CAP: Limit = { name: 'notifications', points: 100, windowSeconds: DAY_MS / SECOND_MS };
