/** Second factors as clients send and get them. */
import { z } from 'zod';
import { FACTOR_KINDS } from '../domain/people/factor-kinds.ts';
import { RECOVERY_CODE_CHARACTERS_MAX } from '../commands/accounts/recovery-codes.ts';
import { TOTP_DIGITS } from '../commands/accounts/totp.ts';
import type { FactorId } from '../domain/shared/ids.ts';
import { EXAMPLE } from '../edge/examples.ts';
import { lineOfText } from '../edge/fields.ts';

const NAME_CHARACTERS_MAX = 100;
const CREDENTIAL_ID_CHARACTERS_MAX = 1_400; // 1,023 bytes, as WebAuthn allows
const CREDENTIAL_PART_CHARACTERS_MAX = 32_768;
const TRANSPORTS_MAX = 16;
const TRANSPORT_CHARACTERS_MAX = 32;

export const factorId = z
  .uuid()
  .toLowerCase()
  .meta({ description: 'The id of a second factor of yours.', examples: [EXAMPLE.factor] }) as unknown as z.ZodType<FactorId, string>;
export const factorKind = z.enum(FACTOR_KINDS).meta({ description: 'An authenticator app, or a key (WebAuthn).' });

export const newFactor = z.strictObject({
  name: lineOfText(NAME_CHARACTERS_MAX).meta({ description: 'Your name for it, to tell it from others.', examples: ['My phone'] }),
  accountName: lineOfText(NAME_CHARACTERS_MAX).meta({ description: 'What your app or key shows for this account. It is not kept.', examples: ['ada'] }),
});

export const totpCode = z
  .string()
  .regex(new RegExp(`^\\d{${TOTP_DIGITS}}$`), `must be the ${TOTP_DIGITS} digits of the app`)
  .meta({ description: 'The code that the authenticator app shows. It is good for one use.', examples: ['492039'] });
export const recoveryCode = z
  .string()
  .max(RECOVERY_CODE_CHARACTERS_MAX)
  .meta({ description: 'A recovery code. Letter case and dashes don’t matter.', examples: [EXAMPLE.recoveryCode] });
export const recoveryCodes = z
  .array(z.string())
  .meta({ description: 'Shown once; each is good for one login in place of a second factor. Keep them on paper.', examples: [[EXAMPLE.recoveryCode]] });

export const webAuthnOptions = z.record(z.string(), z.unknown());

const base64url = (charactersMax: number) =>
  z
    .string()
    .max(charactersMax)
    .regex(/^[\w-]*$/, 'must be base64url')
    .meta({ examples: ['dGlkaW5ncw'] });
const part = base64url(CREDENTIAL_PART_CHARACTERS_MAX);
const credentialOf = <Response extends z.ZodRawShape>(response: Response) =>
  z.object({
    id: base64url(CREDENTIAL_ID_CHARACTERS_MAX),
    rawId: base64url(CREDENTIAL_ID_CHARACTERS_MAX),
    type: z.literal('public-key'),
    response: z.object(response),
  });

export const createdCredential = credentialOf({
  clientDataJSON: part,
  attestationObject: part,
  transports: z.array(z.string().max(TRANSPORT_CHARACTERS_MAX)).max(TRANSPORTS_MAX).optional(),
}).meta({ description: 'What `navigator.credentials.create()` answered, as its `toJSON()` gives it.' });
export const usedCredential = credentialOf({ clientDataJSON: part, authenticatorData: part, signature: part }).meta({
  description: 'What `navigator.credentials.get()` answered, as its `toJSON()` gives it.',
});

/** A body may have several proofs by its form; one is checked. */
export const isOne = (...proofs: readonly unknown[]): boolean => proofs.filter((proof) => proof !== undefined).length === 1;
