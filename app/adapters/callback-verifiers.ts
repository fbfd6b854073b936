/** Who verifies what vendors call back about: one for each account whose vendor does. No SDK is loaded for it. */
import type { Instant } from '../../domain/shared/instant.ts';
import type { CallbackVerifier } from '../../ports/sender/callbacks.ts';
import { mailchimpCallbacks } from '../../ports/sender/mailchimp/callbacks.ts';
import { sendGridCallbacks } from '../../ports/sender/sendgrid/callbacks.ts';
import { twilioCallbacks } from '../../ports/sender/twilio/callbacks.ts';
import { vonageCallbacks } from '../../ports/sender/vonage/callbacks.ts';
import type { VendorCallbacks } from '../../write-api/receipts/vendor-callbacks.ts';
import type { Config } from '../config/config.ts';
import type { SenderAccount } from '../config/senders/vendors.ts';

export const vendorCallbacksOf = (
  { senders, publicUrl }: Pick<Config, 'senders' | 'publicUrl'>,
  options: { readonly clock: () => Instant },
): VendorCallbacks => ({
  publicUrl,
  accounts: senders.accounts.flatMap((account) => {
    const verifier = verifierOf(account, options);
    return verifier === undefined ? [] : [{ kind: account.vendor, verifier }];
  }),
});

/** Undefined where the vendor tells nothing after it took a message. */
function verifierOf({ vendor, account }: SenderAccount, options: { readonly clock: () => Instant }): CallbackVerifier | undefined {
  switch (vendor) {
    case 'twilio':
      return twilioCallbacks(account, options);
    case 'vonage':
      return vonageCallbacks(account, options);
    case 'sendgrid':
      return sendGridCallbacks(account, options);
    case 'mailchimp':
      return mailchimpCallbacks(account, options);
    case 'fcm':
    case 'apns':
    case 'web-push':
    case 'jpush':
    case 'pushy':
      return undefined;
  }
}
