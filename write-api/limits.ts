/** The rate limits of the write API. A refused client is told the name; an operator overrides a limit by it (`edge/http/limit-overrides.ts`). */
import type { OverriddenLimits } from '../edge/http/limit-overrides.ts';
import type { FailureLimit, Limit } from '../ports/rate-limit/port.ts';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const DAY_SECONDS = 24 * HOUR_SECONDS;

export type WriteLimits = OverriddenLimits<typeof WRITE_LIMITS>;

export const WRITE_LIMITS = {
  /** Counted per address: people behind one router share it. */
  signUps: { name: 'sign-ups', points: 6_000, windowSeconds: HOUR_SECONDS },
  loginsOfAddress: { name: 'logins-of-address', points: 3_000, windowSeconds: MINUTE_SECONDS },
  /** Failed logins, against guessing a password. Counted per login name and address, per login name, and per device that has logged in before. */
  loginFailures: { name: 'login-failures', points: 5, windowSeconds: HOUR_SECONDS, delaySecondsMax: 15 * MINUTE_SECONDS },
  loginFailuresOfName: { name: 'login-failures-of-name', points: 20, windowSeconds: HOUR_SECONDS, delaySecondsMax: 10 },
  loginFailuresOfDevice: { name: 'login-failures-of-device', points: 10, windowSeconds: HOUR_SECONDS, delaySecondsMax: 15 * MINUTE_SECONDS },
  /** Codes that are asked for to reset a password. Counted per address, and per login name whether anybody has it or not. */
  passwordResetsOfAddress: { name: 'password-resets-of-address', points: 100, windowSeconds: HOUR_SECONDS },
  passwordResetsOfName: { name: 'password-resets-of-name', points: 10, windowSeconds: HOUR_SECONDS },
  /** Counted per address. Nobody guesses a claim; it is the hashing that is limited. */
  accountClaims: { name: 'account-claims', points: 600, windowSeconds: HOUR_SECONDS },
  /** Wrong second factors, per person or per device that has logged in before: who guesses at them knows the password. */
  secondFactorFailures: { name: 'second-factor-failures', points: 5, windowSeconds: DAY_SECONDS, delaySecondsMax: 15 * MINUTE_SECONDS },
  /** Codes that are sent to confirm an address, per person, and per address whoever asks. */
  contactCodes: { name: 'contact-codes', points: 10, windowSeconds: HOUR_SECONDS },
  contactCodesOfAddress: { name: 'contact-codes-of-address', points: 5, windowSeconds: HOUR_SECONDS },
  /** Counted per person. */
  posts: { name: 'posts', points: 300, windowSeconds: MINUTE_SECONDS },
  /** Requests of uploads that are under way, per person; and the bytes that are announced in a day. */
  uploads: { name: 'uploads', points: 600, windowSeconds: MINUTE_SECONDS },
  /** Those that are begun, of whatever length: what nobody goes on with is kept for a day. */
  uploadsBegun: { name: 'uploads-begun', points: 5_000, windowSeconds: DAY_SECONDS },
  uploadBytes: { name: 'upload-bytes', points: 1_073_741_824, windowSeconds: DAY_SECONDS },
  messages: { name: 'messages', points: 600, windowSeconds: MINUTE_SECONDS },
  commands: { name: 'commands', points: 600, windowSeconds: MINUTE_SECONDS },
  /** Counted per account at a vendor and address, of which a vendor has a few. */
  callbacks: { name: 'callbacks', points: 60_000, windowSeconds: MINUTE_SECONDS },
  /** Counted per address, of which a mail service has few for many people. */
  trackedLinks: { name: 'tracked-links', points: 6_000, windowSeconds: MINUTE_SECONDS },
  /** Counted per address: mail services post for many people. */
  unsubscribes: { name: 'unsubscribes', points: 600, windowSeconds: MINUTE_SECONDS },
  /** Counted per app: computing when a rule comes round may take a while. */
  schedules: { name: 'schedules', points: 120, windowSeconds: MINUTE_SECONDS },
  /** Counted per app; the operator counts as one. */
  /** Counted per app: a worker stores how far its part is done every second. */
  parts: { name: 'parts', points: 12_000, windowSeconds: MINUTE_SECONDS },
  appRequests: { name: 'app-requests', points: 60_000, windowSeconds: MINUTE_SECONDS },
} as const satisfies Record<string, Limit | FailureLimit>;
