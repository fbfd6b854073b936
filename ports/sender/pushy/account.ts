/** `startPushySender(account, options: VendorOptions): Sender` in `sender.ts`. */
export type PushyAccount = { readonly name: string; readonly apiKey: string };
