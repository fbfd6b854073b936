/** `startWebPushSender(account, options: VendorOptions & { agent?: Agent }): Sender` in `sender.ts`: subscriptions name any host, so that an agent which guards what it connects to belongs here. */
export type WebPushAccount = {
  readonly name: string;
  /** A mailto: or https: address that push services may turn to, of messages of apps that name none. */
  readonly subject: string;
  /** The VAPID pair in base64url, as browsers were given the public one when they subscribed. */
  readonly publicKey: string;
  readonly privateKey: string;
};
