/** `startApnsSender(account, options: VendorOptions): Sender` in `sender.ts`. */
export type ApnsAccount = {
  readonly name: string;
  readonly teamId: string;
  readonly keyId: string;
  /** The signing key as Apple gives it: a .p8 file's PEM. */
  readonly key: string;
  /** The bundle id of messages of apps that name none. */
  readonly topic: string;
  /** Development builds have tokens of the sandbox, which the other environment refuses. */
  readonly isSandbox: boolean;
};
