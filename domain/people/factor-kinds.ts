/** `totp`: an authenticator app (RFC 6238). `webauthn`: a security key, or the lock of a device. */
export const FACTOR_KINDS = ['totp', 'webauthn'] as const;
export type FactorKind = (typeof FACTOR_KINDS)[number];
