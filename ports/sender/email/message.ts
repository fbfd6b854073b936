/** What an email is made of, whichever vendor takes it. */
import { domainToASCII } from 'node:url';
import { beginningOf, ELLIPSIS } from '../../../domain/shared/text/excerpt.ts';
import { toOneLine } from '../../../domain/shared/text/one-line.ts';
import type { ChannelContent } from '../../../domain/notifications/content.ts';
import type { Attempt } from '../port.ts';

export type Mailbox = { readonly email: string; readonly name?: string };

/** As RFC 5322 (2.1.1) would have lines. */
const SUBJECT_OF_BODY_MAX_CHARACTERS = 78;

/** Vendors take addresses in ASCII: a domain can be written so; undefined for a name before the `@` that can't, or what is no address. */
export function asciiAddress(address: string): string | undefined {
  const at = address.lastIndexOf('@');
  const [name, domain] = [address.slice(0, at), domainToASCII(address.slice(at + 1))];
  return at > 0 && domain !== '' && /^[\x21-\x7e]+$/.test(name) ? `${name}@${domain}` : undefined;
}

/** Whose name it is sent in: the app's as a whole where it has one, else the account's. */
export function fromOf(identity: Attempt['identity'], account: { readonly from: string; readonly fromName?: string }): Mailbox {
  const [email, name] = identity?.email === undefined ? [account.from, account.fromName] : [identity.email.from, identity.email.name];
  return { email, ...(name !== undefined && { name }) };
}

/** No vendor takes an email without one: where there is no title, the text's first words are. */
export function subjectOf({ title, body }: ChannelContent): string {
  if (title !== undefined) return title;
  const line = toOneLine(body).trim();
  const beginning = beginningOf(line, SUBJECT_OF_BODY_MAX_CHARACTERS);
  return beginning.length === line.length ? line : beginning + ELLIPSIS;
}

/** The plain text, with the link that it leads to. */
export const plainTextOf = ({ body, url }: ChannelContent): string => (url === undefined || body.includes(url) ? body : `${body}\n\n${url}`);
