/** Codes of authenticator apps (TOTP, RFC 6238): six digits by SHA-1 each 30 s, which is all that every app knows. A code is good for one use. */
import { Secret, TOTP } from 'otpauth';
import type { FactorId, PersonId } from '../../domain/shared/ids.ts';
import { epochMs, type Instant } from '../../domain/shared/instant.ts';
import type { Vault } from '../../ports/vault/port.ts';
import { claim } from './claims.ts';

/** As long as SHA-1's output (RFC 4226, 4). */
const SECRET_BYTES = 20;
export const TOTP_DIGITS = 6;
const STEP_SECONDS = 30;
/** Steps that a clock may be behind or ahead, and a person may take to type. */
const STEPS_AROUND = 1;
const ISSUER = 'Tidings';

type Asked = { readonly secret: string; readonly accountName: string };

export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

/** What an authenticator app takes as a QR code. */
export const totpUri = ({ secret, accountName }: Asked): string => totpOf(secret, accountName).toString();

type Given = { readonly person: PersonId; readonly factor: FactorId; readonly secret: string; readonly code: string };

/** False for a wrong code, and for one that was used before, whoever used it. */
export async function useTotpCode(vault: Vault, { person, factor, secret, code }: Given, at: Instant): Promise<boolean> {
  const timestamp = epochMs(at);
  const delta = totpOf(secret).validate({ token: code, timestamp, window: STEPS_AROUND });
  if (delta === null) return false;
  const now = TOTP.counter({ period: STEP_SECONDS, timestamp });
  const isOurs = await claim(vault, { id: `${factor}:${now + delta}`, person });
  await removeOldSteps(vault, { person, factor, before: now - STEPS_AROUND });
  return isOurs;
}

const totpOf = (secret: string, label = ''): TOTP =>
  new TOTP({ issuer: ISSUER, label, algorithm: 'SHA1', digits: TOTP_DIGITS, period: STEP_SECONDS, secret: Secret.fromBase32(secret) });

async function removeOldSteps(
  vault: Vault,
  { person, factor, before }: { readonly person: PersonId; readonly factor: FactorId; readonly before: number },
): Promise<void> {
  for (const { id } of await vault.owned('code-try', person)) {
    const [of, step] = id.split(':');
    if (of === factor && Number(step) < before) await vault.remove('code-try', id);
  }
}
