/** Codes that are sent to an address, to be typed in by whoever reads what arrives there. The vault knows their digests, and nothing knows more. */
import { MINUTE_MS } from '../shared/instant.ts';
import type { ContactKind } from './notification-channels.ts';

export const CODE_PURPOSES = ['confirm-email', 'confirm-phone', 'reset-password'] as const;
export type CodePurpose = (typeof CODE_PURPOSES)[number];

export const CODE_DIGITS = 8;
export const CODE_LIFETIME_MS = 10 * MINUTE_MS;
/** Of one person and purpose; one more ends the oldest. */
export const CODES_MAX = 3;

/** Wrong tries, after which a code is void. Anybody may try to reset a password, so that strangers must not void it too soon. */
export const CODE_TRIES_MAX: Readonly<Record<CodePurpose, number>> = { 'confirm-email': 5, 'confirm-phone': 5, 'reset-password': 20 };

export const confirmationOf = (kind: ContactKind): CodePurpose => (kind === 'email' ? 'confirm-email' : 'confirm-phone');
