/** `startWebPushSender(account, options: WebPushOptions): Sender` in `sender.ts`. */
export type WebPushAccount = {
  readonly name: string;
  /** A mailto: or https: address that push services may turn to, of messages of apps that name none. */
  readonly subject: string;
  /** The VAPID pair in base64url, as browsers were given the public one when they subscribed. */
  readonly publicKey: string;
  readonly privateKey: string;
};
