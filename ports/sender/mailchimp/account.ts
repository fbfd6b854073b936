/** Of Mailchimp Transactional. `from`: an address. Callbacks are refused without `webhookKey`. */
export type MailchimpAccount = {
  readonly name: string;
  readonly apiKey: string;
  readonly from: string;
  readonly fromName?: string;
  readonly webhookKey?: string;
};
