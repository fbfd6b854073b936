import type { CallbackVerifier } from '../../ports/sender/callbacks.ts';

/** The accounts whose vendors call back. `kind`: the vendor, as it stands in the path: `twilio`. */
export type VendorCallbacks = {
  /** Where vendors reach us, without a slash at its end. */
  readonly publicUrl: string | undefined;
  readonly accounts: readonly { readonly kind: string; readonly verifier: CallbackVerifier }[];
};
