/** The ceremonies of WebAuthn (W3C, level 3), for keys as a second factor: whether the authenticator has verified its user isn't asked, for the password has. */
import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { FACTOR_SETUP_LIFETIME_MS, LOGIN_TICKET_LIFETIME_MS } from '../../domain/people/account-security.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { VaultRecords } from '../../ports/vault/port.ts';
import { LOCAL_PAGES, type Logins, type WebAuthnSite } from '../handling/dependencies.ts';

/** Loaded when first asked for: its three hundred modules are a good part of a start, and few processes see a key. */
const loadWebAuthn = () => import('@simplewebauthn/server');

const SITE_NAME = 'Tidings';
/** COSE (RFC 9053): EdDSA, ES256 and RS256, which every authenticator speaks one of. */
const SUPPORTED_ALGORITHMS = [-8, -7, -257];

/** What `navigator.credentials.create` and `get` take, and answer, as JSON. */
export type CreationOptions = PublicKeyCredentialCreationOptionsJSON;
export type RequestOptions = PublicKeyCredentialRequestOptionsJSON;
export type CreatedCredential = Pick<RegistrationResponseJSON, 'id' | 'rawId' | 'type'> & {
  readonly response: Pick<RegistrationResponseJSON['response'], 'clientDataJSON' | 'attestationObject'> & {
    readonly transports?: readonly string[] | undefined;
  };
};
export type UsedCredential = Pick<AuthenticationResponseJSON, 'id' | 'rawId' | 'type'> & {
  readonly response: Pick<AuthenticationResponseJSON['response'], 'clientDataJSON' | 'authenticatorData' | 'signature'>;
};

export type WebAuthnFactor = Extract<VaultRecords['second-factor'], { readonly kind: 'webauthn' }>;
export type CredentialFacts = Pick<WebAuthnFactor, 'credential' | 'publicKey' | 'counter' | 'transports'>;

export const siteOf = ({ webAuthn = LOCAL_PAGES }: Logins): WebAuthnSite => webAuthn;

type Registration = { readonly person: PersonId; readonly accountName: string; readonly known: readonly WebAuthnFactor[] };

/** `known`: a key that is registered already is not registered again. */
export const creationOptions = async ({ rpId }: WebAuthnSite, { person, accountName, known }: Registration): Promise<CreationOptions> =>
  (await loadWebAuthn()).generateRegistrationOptions({
    rpName: SITE_NAME,
    rpID: rpId,
    userID: new Uint8Array(Buffer.from(person)),
    userName: accountName,
    attestationType: 'none',
    supportedAlgorithmIDs: SUPPORTED_ALGORITHMS,
    timeout: FACTOR_SETUP_LIFETIME_MS,
    excludeCredentials: known.map(descriptorOf),
    authenticatorSelection: { residentKey: 'discouraged', userVerification: 'discouraged' },
  });

export const requestOptions = async ({ rpId }: WebAuthnSite, known: readonly WebAuthnFactor[]): Promise<RequestOptions> =>
  (await loadWebAuthn()).generateAuthenticationOptions({
    rpID: rpId,
    allowCredentials: known.map(descriptorOf),
    userVerification: 'discouraged',
    timeout: LOGIN_TICKET_LIFETIME_MS,
  });

/** Undefined for what proves nothing: another challenge, site or page, or a malformed or unsigned response. */
export async function verifyCreated(site: WebAuthnSite, challenge: string, created: CreatedCredential): Promise<CredentialFacts | undefined> {
  const expectedOrigin = originIn(site, created.response.clientDataJSON);
  if (expectedOrigin === undefined) return undefined;
  const { transports = [] } = created.response;
  const response = { ...created, clientExtensionResults: {}, response: { ...created.response, transports: [...transports] } };
  const verified = await orUndefined(
    (await loadWebAuthn()).verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin,
      expectedRPID: site.rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: SUPPORTED_ALGORITHMS,
    }),
  );
  if (verified?.verified !== true) return undefined;
  const { id, publicKey, counter } = verified.registrationInfo.credential;
  return { credential: id, publicKey: Buffer.from(publicKey).toString('base64'), counter, transports: [...transports] };
}

/** The counter of the authenticator after this use. Undefined for what proves nothing: also a counter that doesn't rise, as that of a copy. */
export async function verifyUsed(site: WebAuthnSite, { challenge, factor, used }: Use): Promise<number | undefined> {
  const expectedOrigin = originIn(site, used.response.clientDataJSON);
  if (expectedOrigin === undefined) return undefined;
  const { credential: id, publicKey, counter } = factor;
  const verified = await orUndefined(
    (await loadWebAuthn()).verifyAuthenticationResponse({
      response: { ...used, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin,
      expectedRPID: site.rpId,
      credential: { id, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64')), counter },
      requireUserVerification: false,
    }),
  );
  return verified?.verified === true ? verified.authenticationInfo.newCounter : undefined;
}

type Use = { readonly challenge: string; readonly factor: WebAuthnFactor; readonly used: UsedCredential };

const descriptorOf = ({ credential, transports }: WebAuthnFactor) => ({ id: credential, transports: transports as AuthenticatorTransport[] });

/** The page that the ceremony ran on, if it is one of ours. The library takes whole origins alone, and a port of this machine may be any. */
function originIn({ isAllowedOrigin }: WebAuthnSite, clientData: string): string | undefined {
  try {
    const { origin } = JSON.parse(Buffer.from(clientData, 'base64url').toString()) as { readonly origin?: unknown };
    return typeof origin === 'string' && isAllowedOrigin(origin) ? origin : undefined;
  } catch {
    return undefined;
  }
}

/** The library throws for a response that is malformed or proves nothing. */
async function orUndefined<Verified>(verifying: Promise<Verified>): Promise<Verified | undefined> {
  try {
    return await verifying;
  } catch {
    return undefined;
  }
}
