/**
 * Access tokens for FCM, by a service account's key (RFC 7523). The SDK has a credential of its own for that; but its requests take neither the
 * SDK's agent nor a deadline, and are made again by themselves.
 */
import { createPrivateKey } from 'node:crypto';
import type { Credential } from 'firebase-admin/app';
import { SignJWT } from 'jose';
import { epochMs, HOUR_MS, MINUTE_MS, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import { openVendorHttps, type VendorAnswer, type VendorOptions } from '../vendor-https.ts';
import type { FcmAccount } from './account.ts';

const TOKEN_ORIGIN = 'https://oauth2.googleapis.com';
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Attempts that wait for a token end at their own deadlines; the next one asks again. */
const REQUEST_MAX_MS = 8_000;
/** The SDK asks for another one five minutes before the end of one. */
const REFRESHED_BEFORE_MS = 6 * MINUTE_MS;

/** Google takes neither the key nor what it signed. */
export class AccessTokenRefused extends Error {
  override readonly name = 'AccessTokenRefused';
}

export type AccessTokens = AsyncDisposable & { readonly credential: Credential; forget(): void };

/** Throws where the key can't be read. */
export function openAccessTokens({ credentials }: FcmAccount, { clock, connect }: VendorOptions): AccessTokens {
  const https = openVendorHttps(connect ?? { origin: TOKEN_ORIGIN });
  const key = createPrivateKey(credentials.private_key);
  let held: { readonly token: string; readonly endsAtMs: number } | undefined;
  let asked: Promise<{ readonly token: string; readonly endsAtMs: number }> | undefined;

  const ask = async () => {
    const assertion = await assertionOf(credentials.client_email, key, clock());
    const answer = await https.ask({
      method: 'POST',
      path: '/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: GRANT_TYPE, assertion }).toString(),
      signal: AbortSignal.timeout(REQUEST_MAX_MS),
    });
    held = tokenIn(answer);
    return held;
  };

  return {
    credential: {
      getAccessToken: async () => {
        const isGood = held !== undefined && held.endsAtMs - performance.now() > REFRESHED_BEFORE_MS;
        const { token, endsAtMs } = isGood && held !== undefined ? held : await (asked ??= ask().finally(() => (asked = undefined)));
        return { access_token: token, expires_in: Math.max(0, Math.floor((endsAtMs - performance.now()) / SECOND_MS)) };
      },
    },
    forget: () => {
      held = undefined;
    },
    [Symbol.asyncDispose]: async () => await https[Symbol.asyncDispose](),
  };
}

async function assertionOf(clientEmail: string, key: ReturnType<typeof createPrivateKey>, now: Instant): Promise<string> {
  const issuedAt = Math.floor(epochMs(now) / SECOND_MS);
  return await new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(clientEmail)
    .setAudience(`${TOKEN_ORIGIN}/token`)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + HOUR_MS / SECOND_MS)
    .sign(key);
}

function tokenIn({ status, body }: VendorAnswer): { readonly token: string; readonly endsAtMs: number } {
  if (status >= 400 && status < 404) throw new AccessTokenRefused(`http-${status}`);
  if (status !== 200) throw new Error(`http-${status}`);
  const { access_token, expires_in } = JSON.parse(body) as { readonly access_token?: unknown; readonly expires_in?: unknown };
  if (typeof access_token !== 'string' || typeof expires_in !== 'number') throw new Error('access-token-missing');
  return { token: access_token, endsAtMs: performance.now() + expires_in * SECOND_MS };
}
