/** When a notification is to be sent: at a moment, when a clock shows a time, each recipient's own, or at once. */
import { zoneOfPerson } from '../../people/zone-of-person.ts';
import { refuse, type Decision } from '../../shared/decider.ts';
import type { Instant } from '../../shared/instant.ts';
import { firstInstantOf, instantOfLocal, lastInstantOf } from '../../shared/local-time.ts';
import { isTimeZone } from '../../shared/time-zone.ts';
import type { SendAtLocal } from '../request-fields.ts';
import type { SendFacts, SendPermission } from './may-send.ts';

/** Of recipients who have told none, where the request doesn't say. */
export const DEFAULT_ZONE = 'UTC';

/** At most one of them; neither: at once. */
export type SendTime = { readonly sendAt?: Instant; readonly sendAtLocal?: SendAtLocal };

/** For the first of all people there might be, and for the last; undefined: at once. */
export const firstSendOf = ({ sendAt, sendAtLocal }: SendTime): Instant | undefined => (sendAtLocal === undefined ? sendAt : firstInstantOf(sendAtLocal.time));
export const lastSendOf = ({ sendAt, sendAtLocal }: SendTime): Instant | undefined => (sendAtLocal === undefined ? sendAt : lastInstantOf(sendAtLocal.time));

export function faultOfSendTime({ sendAt, sendAtLocal }: SendTime): Decision<never> | undefined {
  if (sendAtLocal === undefined) return undefined;
  if (sendAt !== undefined) return refuse('send-at-twice');
  return isTimeZone(sendAtLocal.zone) ? undefined : refuse('time-zone-unknown', { zone: sendAtLocal.zone });
}

type Clocked = Pick<SendFacts, 'user' | 'preferences'>;

/** For this recipient, by the zone that they have at this moment. */
export function sendTimeOf({ sendAt, sendAtLocal }: SendTime, { user, preferences }: Clocked): Instant | undefined {
  return sendAtLocal === undefined ? sendAt : instantOfLocal(sendAtLocal.time, zoneOfPerson(user, preferences) ?? sendAtLocal.zone);
}

/** Undefined where the time has come. */
export function untilSendTime(time: SendTime, recipient: Clocked, at: Instant): Extract<SendPermission, { action: 'defer' }> | undefined {
  const until = sendTimeOf(time, recipient);
  return until !== undefined && until > at ? { action: 'defer', reason: 'scheduled', until } : undefined;
}
