/** What each role can't do without. The rest, such as live hints or a warm feed, makes an answer slower or a hint late, and no more. */
import type { Role } from '../config/settings.ts';
import type { CheckName } from './checks.ts';

export const NEEDS = {
  'write-api': ['log', 'vault', 'disk'],
  'read-api': ['vault', 'views', 'projections'],
  gateway: ['log', 'vault', 'views', 'projections'],
  projections: ['log', 'vault', 'views', 'projections', 'disk'],
  'fan-out': ['log', 'vault', 'views', 'workers', 'queues', 'redis'],
  planning: ['log', 'vault', 'views', 'workers', 'queues', 'redis'],
  delivery: ['log', 'vault', 'views', 'workers', 'queues', 'redis'],
  schedules: ['views', 'queues', 'redis'],
  'event-store': ['log', 'disk'],
} as const satisfies Record<Role, readonly CheckName[]>;

export const neededBy = (roles: readonly Role[]): ReadonlySet<CheckName> => new Set(roles.flatMap((role): readonly CheckName[] => NEEDS[role]));
