/**
 * `from`: an address. `region`: where its mail is sent from and kept. `webhookPublicKey`: in base64, as SendGrid shows it; callbacks are refused
 * without one. `hasActivity`: the Email Activity API, which is bought extra, may be asked for what became of a message.
 */
export type SendGridAccount = {
  readonly name: string;
  readonly apiKey: string;
  readonly from: string;
  readonly fromName?: string;
  readonly region?: 'eu' | 'global';
  readonly webhookPublicKey?: string;
  readonly hasActivity?: boolean;
};
