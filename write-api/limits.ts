/** How often is too often. Each has a name, by which whoever is over it is told. */
import type { Limit } from '../ports/rate-limit/port.ts';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;

export type Limits = Readonly<Record<keyof typeof LIMITS, Limit>>;

export const LIMITS = {
  /** An address: people behind one router share it. */
  signUps: { name: 'sign-ups', points: 6_000, windowSeconds: HOUR_SECONDS },
  loginsOfAddress: { name: 'logins-of-address', points: 3_000, windowSeconds: MINUTE_SECONDS },
  /** A login name: guessing one person's password. */
  logins: { name: 'logins', points: 20, windowSeconds: 5 * MINUTE_SECONDS },
  /** A person. */
  posts: { name: 'posts', points: 300, windowSeconds: MINUTE_SECONDS },
  messages: { name: 'messages', points: 600, windowSeconds: MINUTE_SECONDS },
  commands: { name: 'commands', points: 600, windowSeconds: MINUTE_SECONDS },
  /** An app, or the operator. */
  appRequests: { name: 'app-requests', points: 60_000, windowSeconds: MINUTE_SECONDS },
} as const satisfies Record<string, Limit>;
