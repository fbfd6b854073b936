/** `startFcmSender(account, options: VendorOptions): Sender` in `sender.ts`. */
export type FcmAccount = {
  readonly name: string;
  /** Of a service account's key file, in its own words; messages of apps that name no project go out in `project_id`. */
  readonly credentials: { readonly project_id: string; readonly client_email: string; readonly private_key: string };
};
