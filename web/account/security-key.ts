/** Security keys and the locks of devices, by WebAuthn (Level 3): options and credentials go as JSON, as the server speaks it. */

/** The browser's own words for why it came to nothing are for developers; these are the reasons that people can do something about. */
export type KeyFailure = 'settings.keyUnsupported' | 'settings.keyElsewhere' | 'settings.keyKnown' | 'settings.keyCancelled';

export class KeyFailed extends Error {
  readonly reason: KeyFailure;

  constructor(reason: KeyFailure, cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

const isSupported = (): boolean => 'PublicKeyCredential' in globalThis && 'parseCreationOptionsFromJSON' in PublicKeyCredential;

/** Throws `KeyFailed`. */
export const createKey = (options: object): Promise<CreatedCredential> =>
  ask(async () =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON) }),
  );

/** Throws `KeyFailed`. */
export const askKey = (options: PublicKeyCredentialRequestOptionsJSON): Promise<UsedCredential> =>
  ask(async () => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }));

type Named = { readonly id: string; readonly rawId: string; readonly type: 'public-key' };
export type CreatedCredential = Named & {
  readonly response: { readonly clientDataJSON: string; readonly attestationObject: string; readonly transports?: string[] };
};
export type UsedCredential = Named & { readonly response: { readonly clientDataJSON: string; readonly authenticatorData: string; readonly signature: string } };

async function ask<Made>(how: () => Promise<Credential | null>): Promise<Made> {
  if (!isSupported()) throw new KeyFailed('settings.keyUnsupported');
  try {
    return (((await how()) as PublicKeyCredential | null) ?? fail()).toJSON() as Made;
  } catch (error) {
    if (error instanceof KeyFailed) throw error;
    throw new KeyFailed(reasonOf(error), error);
  }
}

const fail = (): never => {
  throw new KeyFailed('settings.keyCancelled');
};

function reasonOf(error: unknown): KeyFailure {
  switch (error instanceof DOMException ? error.name : '') {
    case 'SecurityError': // the pages are at an address that keys aren't made for
      return 'settings.keyElsewhere';
    case 'InvalidStateError':
      return 'settings.keyKnown';
    case 'NotSupportedError':
      return 'settings.keyUnsupported';
  }
  return 'settings.keyCancelled';
}
