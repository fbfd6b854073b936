/** `startJpushSender(account, options: VendorOptions): Sender` in `sender.ts`. */
export type JpushAccount = { readonly name: string; readonly appKey: string; readonly masterSecret: string };
