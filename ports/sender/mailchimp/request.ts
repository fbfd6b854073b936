/** An email as Mailchimp Transactional's `messages/send` takes it. */
import { asciiAddress, fromOf, plainTextOf, subjectOf } from '../email/message.ts';
import type { Attempt } from '../port.ts';
import type { MailchimpAccount } from './account.ts';

/** Mailchimp's limit; a tag that begins with an underscore is its own. */
const TAG = /^[^_].{0,49}$/s;

/** `refused`: Mailchimp would refuse it, so it isn't sent. */
export function messageOf(
  attempt: Pick<Attempt, 'delivery' | 'attempt' | 'target' | 'content' | 'identity' | 'headers' | 'category'>,
  account: MailchimpAccount,
): { readonly message: object } | { readonly refused: string } {
  const { target, content, identity, headers, category, delivery } = attempt;
  const to = target.channel === 'email' ? asciiAddress(target.address) : undefined;
  if (target.channel !== 'email' || to === undefined) return { refused: 'address-unsupported' };
  const from = fromOf(identity, account);
  const [fromAddress, replyTo] = [asciiAddress(from.email), identity?.email?.replyTo];
  if (fromAddress === undefined) return { refused: 'sender-unsupported' };
  const message = {
    from_email: fromAddress,
    ...(from.name !== undefined && { from_name: from.name }),
    to: [{ email: to, type: 'to', ...(target.name !== undefined && { name: target.name }) }],
    headers: { ...headers, ...(replyTo !== undefined && { 'Reply-To': asciiAddress(replyTo) ?? replyTo }) },
    subject: subjectOf(content),
    text: plainTextOf(content),
    ...(content.html !== undefined && { html: content.html }),
    metadata: { delivery, attempt: String(attempt.attempt) },
    ...(TAG.test(category) && { tags: [category] }),
    // Ours make and count their own links and pictures, and what was rendered stays as it is.
    track_opens: false,
    track_clicks: false,
    auto_text: false,
    auto_html: false,
    inline_css: false,
    merge: false,
  };
  return { message };
}
