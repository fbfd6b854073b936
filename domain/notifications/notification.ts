/** What somebody wants people to hear: asked for once, possibly for later, possibly taken back. What becomes of it are its deliveries. */
import type { NotificationChannel } from '../people/events.ts';
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { NotificationId, PersonId, TemplateId } from '../shared/ids.ts';
import { DAY_MS, msBetween, plus, type Instant } from '../shared/instant.ts';
import { bytesIn } from '../shared/text.ts';
import { inactivity, type AppState } from './app.ts';
import type { Content, NotificationEvent, Priority, Source } from './events.ts';
import { versionOf, type TemplateState } from './template.ts';

export const RECIPIENTS_MAX = 1_000;
/** Content or parameters, as JSON in UTF-8. What a vendor takes is less (4,096 B a push) and is the sender's to cut to. */
export const CONTENT_MAX_BYTES = 64 * 1_024;
export const SEND_AHEAD_MAX_DAYS = 90;
/** How long a notification is worth delivering where the request doesn't say, and at most, from when it is to be sent. */
export const TIME_TO_LIVE_MS = DAY_MS;
export const TIME_TO_LIVE_MAX_MS = 7 * DAY_MS;

export type NotificationState =
  { readonly status: 'none' } | { readonly status: 'requested'; readonly source: Source } | { readonly status: 'cancelled'; readonly source: Source };

type Saying =
  | { readonly content: Content }
  | {
      readonly template: { readonly template: TemplateId; readonly state: TemplateState; /** The newest where it is absent. */ readonly version?: number };
      readonly parameters?: Readonly<Record<string, unknown>>;
    };

export type NotificationCommand =
  | {
      readonly type: 'request';
      readonly notification: NotificationId;
      readonly source: Source;
      /** Of the app that asks; absent where one of our own products does. */
      readonly app?: AppState;
      readonly recipients: readonly PersonId[];
      /** Whose words or name the content tells, where it does: it goes with them. */
      readonly author?: PersonId;
      /** Those of the recipients who were looked up and are not enrolled. Long lists aren't looked up: planning suppresses there. */
      readonly notEnrolled?: readonly PersonId[];
      readonly category: string;
      readonly critical?: boolean;
      readonly atMostOnce?: boolean;
      readonly channels: readonly NotificationChannel[];
      readonly saying: Saying;
      readonly priority?: Priority;
      readonly sendAt?: Instant;
      readonly expiresAt?: Instant;
      readonly collapseKey?: string;
      readonly at: Instant;
    }
  | { readonly type: 'cancel'; readonly notification: NotificationId; readonly source: Source };

type Request = Extract<NotificationCommand, { type: 'request' }>;

export const notification: Decider<NotificationState, NotificationCommand, NotificationEvent> = {
  initialState: { status: 'none' },

  evolve: (state, event) => {
    switch (event.type) {
      case 'notifications.requested.v1':
        return { status: 'requested', source: event.data.source };
      case 'notifications.cancelled.v1':
        return state.status === 'none' ? state : { status: 'cancelled', source: state.source };
    }
  },

  decide: (state, command) => {
    if (state.status !== 'none' && !isSameParty(state.source, command.source)) return refuse('notification-unknown');
    switch (command.type) {
      case 'request':
        if (state.status === 'cancelled') return refuse('notification-cancelled');
        return state.status === 'requested' ? accept() : request(command);
      case 'cancel':
        if (state.status === 'none') return refuse('notification-unknown');
        return state.status === 'cancelled' ? accept() : accept({ type: 'notifications.cancelled.v1', data: { notification: command.notification } });
    }
  },
};

function request(command: Request): Decision<NotificationEvent> {
  const { notification, source, category, channels, saying, critical = false, atMostOnce = false, priority = 'normal', sendAt, collapseKey, at } = command;
  const recipients = [...new Set(command.recipients)];
  const expiresAt = expiryOf(command);
  const fault = faultOfParties(command, recipients) ?? faultOfTimes(command, expiresAt) ?? faultOfSaying(saying);
  if (fault !== undefined) return fault;
  const said = resolve(saying, source);
  if (said === undefined) return refuse('template-unknown');
  const data = {
    notification,
    source,
    recipients,
    subject: command.author ?? subjectOf(notification, source, recipients),
    category,
    critical,
    atMostOnce,
    channels: [...new Set(channels)],
    ...said,
    priority,
    ...(sendAt !== undefined && { sendAt }),
    expiresAt,
    ...(collapseKey !== undefined && { collapseKey }),
    at,
  };
  return accept({ type: 'notifications.requested.v1', data });
}

/** Two requests come from the same party; which message or post of ours was the reason doesn't matter. */
const isSameParty = (one: Source, other: Source) => one.kind === other.kind && (one.kind !== 'app' || other.kind !== 'app' || one.app === other.app);

/** Whose key seals content that tells nobody’s words: the recipient where there is one, else the app, else the notification itself. */
function subjectOf(notification: NotificationId, source: Source, recipients: readonly PersonId[]): string {
  const [first] = recipients;
  if (first !== undefined && recipients.length === 1) return first;
  return source.kind === 'app' ? source.app : notification;
}

function expiryOf({ sendAt, expiresAt, at }: Request): Instant {
  const from = sendAt ?? at;
  if (expiresAt === undefined) return plus(from, TIME_TO_LIVE_MS);
  const latest = plus(from, TIME_TO_LIVE_MAX_MS);
  return expiresAt < latest ? expiresAt : latest;
}

function faultOfParties({ source, app = { status: 'none' }, notEnrolled, channels }: Request, recipients: readonly PersonId[]): Decision<never> | undefined {
  if (recipients.length === 0 || channels.length === 0) return refuse('recipients-missing');
  if (recipients.length > RECIPIENTS_MAX) return refuse('too-many-recipients', { max: RECIPIENTS_MAX });
  if (source.kind !== 'app') return undefined;
  const [stranger] = notEnrolled ?? [];
  return inactivity(app) ?? (stranger === undefined ? undefined : refuse('not-enrolled', { person: stranger }));
}

function faultOfTimes({ sendAt, at }: Request, expiresAt: Instant): Decision<never> | undefined {
  if (sendAt !== undefined && msBetween(at, sendAt) > SEND_AHEAD_MAX_DAYS * DAY_MS) return refuse('send-at-too-far', { maxDays: SEND_AHEAD_MAX_DAYS });
  return expiresAt <= at || (sendAt !== undefined && expiresAt <= sendAt) ? refuse('already-expired') : undefined;
}

function faultOfSaying(saying: Saying): Decision<never> | undefined {
  const said = 'content' in saying ? saying.content : (saying.parameters ?? {});
  if ('content' in saying && saying.content.body.trim() === '') return refuse('content-missing');
  const json = JSON.stringify(said);
  const length = bytesIn(json);
  return length > CONTENT_MAX_BYTES ? refuse('content-too-large', { length, max: CONTENT_MAX_BYTES }) : undefined;
}

/** What is said, with the template's version pinned. Nothing where there is no such template of this app. */
function resolve(saying: Saying, source: Source) {
  if ('content' in saying) return { content: saying.content };
  const { template, state, version: asked } = saying.template;
  const version = source.kind === 'app' ? versionOf(state, { app: source.app, version: asked }) : undefined;
  if (version === undefined) return undefined;
  return { template: { template, version }, ...(saying.parameters !== undefined && { parameters: saying.parameters }) };
}
