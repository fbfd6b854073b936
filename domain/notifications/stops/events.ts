/** The events of phones whose owners have answered STOP, and perhaps START since. */
import type { SealingOf } from '../../shared/event.ts';
import type { Instant } from '../../shared/instant.ts';

/** `senders`: the numbers and messaging services of ours that it was sent to, or came by. `stopped`: all that the phone has stopped by now. */
type StopData = {
  /** The HMAC of the number. */
  readonly phone: string;
  readonly senders: readonly string[];
  readonly stopped: readonly string[];
  readonly at: Instant;
};

/** `smsStopsStream`: of one phone, whoever's it is. The last event tells the whole state. */
export type SmsStopsEvent =
  { readonly type: 'notifications.sms-stopped.v1'; readonly data: StopData } | { readonly type: 'notifications.sms-started.v1'; readonly data: StopData };

export const smsStopsSealing: SealingOf<SmsStopsEvent> = {
  'notifications.sms-stopped.v1': {},
  'notifications.sms-started.v1': {},
};
