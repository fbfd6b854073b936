/** Names and tokens that are HMACs under the installation's secret: nobody makes one without it, and none says what it was made of. */
import type { ContactKind } from '../domain/people/notification-channels.ts';
import { loginOf } from './accounts/sign-up.ts';
import { phoneIdOf } from './notifications/phone-id.ts';
import { linkIn, linkTokenOf, openIn, openTokenOf, type TrackedLink, type TrackedOpen } from './notifications/tracked-links.ts';
import { unsubscribeTokenOf, unsubscriptionIn, type Unsubscription } from './notifications/unsubscribe.ts';
import { addressIdOf } from './people/contacts.ts';
import { pushTokenIdOf, type PushToken } from './people/devices.ts';

export type KeyedNames = {
  /** The HMAC of a login name: the name of its stream, and of the caller at a sign-up. */
  readonly loginOf: (loginName: string) => string;
  /** The HMAC of a push token: the name of the stream of its claims. */
  readonly pushTokenIdOf: (token: PushToken) => string;
  /** Of the link with which a message is unsubscribed from. */
  readonly unsubscribeTokenOf: (unsubscription: Unsubscription) => string;
  /** Undefined where the token is none of ours. */
  readonly unsubscriptionIn: (token: string) => Unsubscription | undefined;
  /** The HMAC of a phone's number: the name of the stream of what it has stopped. */
  readonly phoneIdOf: (phone: string) => string;
  /** Of an email's link that is tracked, and of the picture that tells that it was opened. */
  readonly linkTokenOf: (link: TrackedLink) => string;
  readonly openTokenOf: (open: TrackedOpen) => string;
  /** Undefined where the token is none of ours. */
  readonly linkIn: (token: string) => TrackedLink | undefined;
  readonly openIn: (token: string) => TrackedOpen | undefined;
  /** The HMAC of an address: counts how often it is written to. */
  readonly addressIdOf: (kind: ContactKind, address: string) => string;
};

export const keyedNames = (secret: Uint8Array): KeyedNames => ({
  loginOf: (loginName) => loginOf(secret, loginName),
  pushTokenIdOf: (token) => pushTokenIdOf(secret, token),
  phoneIdOf: (phone) => phoneIdOf(secret, phone),
  unsubscribeTokenOf: (unsubscription) => unsubscribeTokenOf(secret, unsubscription),
  unsubscriptionIn: (token) => unsubscriptionIn(secret, token),
  linkTokenOf: (link) => linkTokenOf(secret, link),
  openTokenOf: (open) => openTokenOf(secret, open),
  linkIn: (token) => linkIn(secret, token),
  openIn: (token) => openIn(secret, token),
  addressIdOf: (kind, address) => addressIdOf(secret, kind, address),
});
