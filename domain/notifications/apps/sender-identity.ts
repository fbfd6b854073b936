/** In whose name an app's messages go out: what vendors are known to refuse is refused when the identity is set. */
import { parseEmailAddress } from '../../people/email-address.ts';
import { refuse, type Decision } from '../../shared/decider.ts';
import { refusalOfLine } from '../../shared/text/one-line.ts';
import type { SenderIdentity } from './events.ts';

const SENDER_NAME_LENGTH_MAX_CHARACTERS = 100;
const E164 = /^\+[1-9]\d{6,14}$/;
/** Alphanumeric sender names as the networks take them, with at least one letter. */
const SMS_NAME = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/;
/** A messaging service of Twilio. */
const MESSAGING_SERVICE = /^MG[0-9a-f]{32}$/;
const TOPIC = /^[A-Za-z0-9.-]{1,155}$/;
const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

/** undefined: every vendor may take it. */
export function refusalOfIdentity({ email, sms, apns, fcm, webPush }: SenderIdentity): Decision<never> | undefined {
  const fault = (field: string) => refuse('sender-identity-invalid', { field });
  if (email !== undefined) {
    if (parseEmailAddress(email.from) === undefined) return fault('the address of emails');
    if (email.replyTo !== undefined && parseEmailAddress(email.replyTo) === undefined) return fault('the address for answers');
    if (email.name !== undefined && (refusalOfLine(email.name) !== undefined || email.name.length > SENDER_NAME_LENGTH_MAX_CHARACTERS))
      return fault('the name in emails');
  }
  if (sms !== undefined && ![E164, SMS_NAME, MESSAGING_SERVICE].some((form) => form.test(sms.from))) return fault('the sender of text messages');
  if (apns !== undefined && !TOPIC.test(apns.topic)) return fault('the topic for APNs');
  if (fcm !== undefined && !PROJECT.test(fcm.project)) return fault('the project of FCM');
  if (webPush !== undefined && !/^(mailto:.+@.+|https:\/\/.+)$/.test(webPush.subject)) return fault('the subject of Web Push');
  return undefined;
}
