/**
 * The token that a provider shows to APNs (ES256). Apple refuses one that is older than an hour, and new ones that come within 20 minutes
 * of each other.
 */
import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { epochMs, MINUTE_MS, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import type { ApnsAccount } from './account.ts';

const REFRESHED_AFTER_MS = 40 * MINUTE_MS;
const REFRESHED_AFTER_MIN_MS = 20 * MINUTE_MS;

export type ProviderTokens = {
  current(): Promise<string>;
  /** Apple calls the token stale: another one, unless one that is signed now would say the same. */
  expire(): void;
};

type Signed = { readonly token: Promise<string>; readonly issuedAtMs: number };

/** Throws where the key can't be read. */
export function createProviderTokens({ teamId, keyId, key }: Pick<ApnsAccount, 'teamId' | 'keyId' | 'key'>, clock: () => Instant): ProviderTokens {
  const signingKey = createPrivateKey(key);
  let signed: Signed | undefined;
  // Apple counts by the clock of the day, which may be set in either direction after a token was signed.
  const differsBy = (ms: number): boolean => signed !== undefined && Math.abs(epochMs(clock()) - signed.issuedAtMs) >= ms;

  return {
    current: async () => {
      if (signed === undefined || differsBy(REFRESHED_AFTER_MS)) {
        const issuedAtMs = epochMs(clock());
        const token = new SignJWT({})
          .setProtectedHeader({ alg: 'ES256', kid: keyId })
          .setIssuer(teamId)
          .setIssuedAt(Math.floor(issuedAtMs / SECOND_MS))
          .sign(signingKey);
        signed = { token, issuedAtMs };
      }
      return await signed.token;
    },
    expire: () => {
      if (differsBy(REFRESHED_AFTER_MIN_MS)) signed = undefined;
    },
  };
}
