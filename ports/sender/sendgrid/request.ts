/** An email as SendGrid takes it: one message a request, to one person, so that one answer is about one delivery. */
import { asciiAddress, fromOf, plainTextOf, subjectOf } from '../email/message.ts';
import type { Attempt } from '../port.ts';
import type { SendGridAccount } from './account.ts';
import type { Mail } from './client.ts';

/** Ours make and count their own links and pictures. */
const NO_TRACKING = {
  clickTracking: { enable: false, enableText: false },
  openTracking: { enable: false },
  subscriptionTracking: { enable: false },
  ganalytics: { enable: false },
};
/** Text in 7 bits. */
const CATEGORY = /^[\x20-\x7e]{1,255}$/;

type EmailAttempt = Pick<Attempt, 'delivery' | 'attempt' | 'target' | 'content' | 'identity' | 'headers' | 'category'>;

/** `refused`: SendGrid would refuse it, so it isn't sent. */
export function mailOf(attempt: EmailAttempt, account: SendGridAccount): Mail | { readonly refused: string } {
  const { target, content, identity, headers, category, delivery } = attempt;
  const [to, from] = [target.channel === 'email' ? asciiAddress(target.address) : undefined, fromOf(identity, account)];
  const [fromAddress, replyTo] = [asciiAddress(from.email), identity?.email?.replyTo];
  if (target.channel !== 'email' || to === undefined) return { refused: 'address-unsupported' };
  if (fromAddress === undefined) return { refused: 'sender-unsupported' };
  return {
    from: { ...from, email: fromAddress },
    ...(replyTo !== undefined && { replyTo: asciiAddress(replyTo) ?? replyTo }),
    personalizations: [
      {
        to: { email: to, ...(target.name !== undefined && { name: target.name }) },
        customArgs: { delivery, attempt: String(attempt.attempt) },
        ...(headers !== undefined && { headers: { ...headers } }),
      },
    ],
    subject: subjectOf(content),
    text: plainTextOf(content),
    ...(content.html !== undefined && { html: content.html }),
    ...(CATEGORY.test(category) && { categories: [category] }),
    trackingSettings: NO_TRACKING,
  };
}

/** Checked by SendGrid as any other, and sent to nobody. */
export const sandboxMailOf = (account: SendGridAccount): Mail => ({
  from: { email: account.from },
  personalizations: [{ to: { email: account.from } }],
  subject: 'Tidings',
  content: [{ type: 'text/plain', value: 'Tidings checks its credentials.' }],
  mailSettings: { sandboxMode: { enable: true } },
});
