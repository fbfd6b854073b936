/**
 * The names of all streams in the log: a category, a dash and a key. No other file builds one (a test holds that), so this is the
 * place to look up a stream that is met in the log. Names are stored: a category is never renamed, even where the code has a better
 * word by now (`connections` for relationships). No key says anything about a person.
 */
import type {
  AppId,
  CaseId,
  ChannelId,
  DeliveryId,
  DigestId,
  ExportId,
  FriendshipId,
  ListId,
  MediaId,
  NotificationId,
  PersonId,
  PostId,
  ScheduleId,
  ScheduledMessageId,
  ScheduledPostId,
  TemplateId,
} from './ids.ts';

// People.

/** `login` is the HMAC of a login name. */
export const loginStream = (login: string): string => `login-${login}`;
export const userStream = (person: PersonId): string => `user-${person}`;
/** What protects the person's account. */
export const accountSecurityStream = (person: PersonId): string => `security-${person}`;
export const contactsStream = (person: PersonId): string => `contacts-${person}`;
/** `token` is the HMAC of a platform and the push token it gave. */
export const pushTokenStream = (token: string): string => `claim-${token}`;
export const preferencesStream = (person: PersonId): string => `preferences-${person}`;
export const relationshipsStream = (person: PersonId): string => `connections-${person}`;
export const friendshipStream = (friendship: FriendshipId): string => `friendship-${friendship}`;

// Media.

/** One for each upload of a picture or a video. */
export const mediaStream = (media: MediaId): string => `media-${media}`;

// Feed.

/** `digest` is the part of a post's id that doesn't tell its time; `postStreamOf` in `feed/post-id.ts` takes it from an id. */
export const postStream = (digest: string): string => `post-${digest}`;
export const scheduledPostStream = (scheduled: ScheduledPostId): string => `later-${scheduled}`;
/** Whether the author's posts are pushed into feeds or pulled by readers. */
export const deliveryModeStream = (author: PersonId): string => `mode-${author}`;
export const pinnedPostsStream = (person: PersonId): string => `pinned-${person}`;
export const bookmarkStream = (post: PostId, person: PersonId): string => `bookmark-${post}:${person}`;
export const reactionStream = (post: PostId, person: PersonId): string => `reaction-${post}:${person}`;

// Chat.

export const channelStream = (channel: ChannelId): string => `channel-${channel}`;
export const messagesStream = (channel: ChannelId): string => `messages-${channel}`;
/** Which of the channel's messages have disappeared. */
export const disappearancesStream = (channel: ChannelId): string => `disappeared-${channel}`;
/** One for each message that anybody reacted to, or that was withdrawn. */
export const messageMarksStream = (channel: ChannelId, message: number): string => `kinds-${channel}:${message}`;
export const scheduledMessageStream = (scheduled: ScheduledMessageId): string => `unsent-${scheduled}`;
/** Whether the channel's messages are kept ready to be searched. */
export const indexingStream = (channel: ChannelId): string => `indexing-${channel}`;
export const inboxStream = (person: PersonId): string => `inbox-${person}`;
export const presenceStream = (person: PersonId): string => `presence-${person}`;
/** A gateway has one too, for its end: everybody connected to it was gone from one moment. */
export const gatewayPresenceStream = (gateway: string): string => `presence-${gateway}`;

// Exports.

export const exportStream = (id: ExportId): string => `export-${id}`;

// Notifications.

export const appStream = (app: AppId): string => `app-${app}`;
/** The categories that an app has declared. */
export const categoriesStream = (app: AppId): string => `categories-${app}`;
/** What a person has seen and read in the notification centre; what stands there has the streams of its deliveries. */
export const centreStream = (person: PersonId): string => `centre-${person}`;
/** One for all: which vendors serve which deliveries. */
export const routingStream = (of: 'vendors'): string => `routing-${of}`;
export const templateStream = (template: TemplateId): string => `template-${template}`;
/** One for each partial: a piece of text that an app's templates share. */
export const partialStream = (app: AppId, name: string): string => `partial-${app}:${name}`;
/** `phone` is the HMAC of a number, whoever's it is. */
export const smsStopsStream = (phone: string): string => `stops-${phone}`;
export const webhookEndpointStream = (app: AppId): string => `webhooks-${app}`;
/** A message has the id of the event that it tells of. */
export const webhookMessageStream = (message: string): string => `webhook-${message}`;
/** People to whom an app's notifications may go. */
export const listStream = (list: ListId): string => `list-${list}`;
/** How far a notification to a list has come. */
export const campaignStream = (notification: NotificationId): string => `campaign-${notification}`;
/** Requests a notification again and again. */
export const scheduleStream = (schedule: ScheduleId): string => `schedule-${schedule}`;
export const notificationStream = (notification: NotificationId): string => `notification-${notification}`;
/** What one app tells one person of a category on a channel, several notifications as one. */
export const digestStream = (digest: DigestId): string => `digest-${digest}`;
export const deliveryStream = (delivery: DeliveryId): string => `delivery-${delivery}`;

// Subscriptions.

/** `share` is one of the work that an app's workers do on a projection's changes: `shareOf` in `subscriptions/events.ts` spells it. */
export const partStream = (app: AppId, share: string): string => `subscription-${app}:${share}`;

// Operators.

/** One for all, so that no two have one name. */
export const operatorsStream = (of: 'installation'): string => `operators-${of}`;
/** What operators did on that day: `2026-11-29`, in UTC. */
export const auditStream = (day: string): string => `audit-${day}`;

// Moderation.

/** Everything about one thing that was reported: `caseOf` in `moderation/subject.ts` spells its key. */
export const caseStream = (subject: CaseId): string => `case-${subject}`;
/** Of a person who is suspended, or was. */
export const standingStream = (person: PersonId): string => `standing-${person}`;

// Events that Tidings writes for itself.

export const snapshotStream = (stream: string): string => `snapshot-${stream}`;
/** One for each shard of each log, in that log. */
export const checkpointStream = (projection: string, { log, shard }: { readonly log: number; readonly shard: number }): string =>
  `checkpoint-${projection}${log === 0 && shard === 0 ? '' : `/${log}.${shard}`}`;
export const versionsStream = (projection: string): string => `versions-${projection}`;
/** One in each log: which vault the log belongs to. */
export const vaultStream = (what: 'identity', log: number): string => `vault-${what}${log === 0 ? '' : `/${log}`}`;
/** One in each log: when it was restored from a backup, or replaced. */
export const restoresStream = (what: 'log', log: number): string => `restores-${what}${log === 0 ? '' : `/${log}`}`;
/** Has no events: a health check changes its metadata, to see whether the log can be written. */
export const healthStream = (what: 'probe'): string => `health-${what}`;
/** One in each log, for a runner sees only its own log; `ports/event-log/slots.ts` tells by the name which log it is in. */
export const deadLettersStream = (projection: string, log: number): string => `dead-letters-${projection}${log === 0 ? '' : `/${log}`}`;
