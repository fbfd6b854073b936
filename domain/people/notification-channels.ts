/**
 * The channels that notifications are sent on, and what a person is reached at on each. A new channel begins as one more entry of
 * `NOTIFICATION_CHANNELS`: schemas and loops follow it, and the compiler names every place that has to decide something about it.
 */

export const NOTIFICATION_CHANNELS = ['push', 'sms', 'email', 'in-app'] as const;
export type NotificationChannel = (typeof NOTIFICATION_CHANNELS)[number];

/** Those that a vendor sends on. What is `in-app` stands in the person's notification centre, where nobody has to bring it. */
export const SENT_CHANNELS = ['push', 'sms', 'email'] as const satisfies readonly NotificationChannel[];
export type SentChannel = (typeof SENT_CHANNELS)[number];
export const isSent = (channel: NotificationChannel): channel is SentChannel => channel !== 'in-app';

/** Those of a notification whose request names none: a channel that is new isn't used before requests name it, or it stands here. */
export const CHANNELS_BY_DEFAULT: readonly NotificationChannel[] = ['push', 'sms', 'email', 'in-app'];

/** A person has at most one contact of each kind. */
export const CONTACT_KINDS = ['email', 'phone'] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

/** The push services that devices register with. `web`: a browser's, whose token is its `PushSubscription` as JSON. */
export const PLATFORMS = ['fcm', 'apns', 'web', 'jpush', 'pushy'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** A channel reaches all of a person's devices, the one contact of this kind, or the person wherever they look. */
export const REACHED_AT = { push: 'device', sms: 'phone', email: 'email', 'in-app': 'centre' } as const satisfies Readonly<
  Record<NotificationChannel, 'device' | 'centre' | ContactKind>
>;
