/** A notification: requested once, possibly for later, possibly cancelled. Its deliveries are planned from it. */
import type { NotificationChannel } from '../people/notification-channels.ts';
import { isBlank } from '../shared/text/blank-text.ts';
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { ListId, NotificationId, PersonId, TemplateId } from '../shared/ids.ts';
import { DAY_MS, msBetween, plus, type Instant } from '../shared/instant.ts';
import { bytesIn } from '../shared/text/text.ts';
import { refusalOfInactive, type AppState } from './apps/app.ts';
import { CONTENT_MAX_BYTES, refusalOfContent, type RenderedContent } from './content.ts';
import type { NotificationEvent } from './events.ts';
import type { Content, RequestedTemplate, SendAtLocal, Source } from './request-fields.ts';
import type { Priority } from './priority.ts';
import { refusalOfFailover, type FailoverStep } from './failover/policy.ts';
import type { RequestedList } from './lists/events.ts';
import { refusalOfList, type ListState } from './lists/list.ts';
import { faultOfSendTime, firstSendOf, lastSendOf } from './planning/send-time.ts';
import type { Tracking } from './templates/events.ts';
import { pinnedVersion, type TemplateState } from './templates/template.ts';

export const RECIPIENTS_MAX = 1_000;
export const SEND_AHEAD_MAX_DAYS = 90;
/** How long a notification is delivered where the request doesn't say, and at most, counted from when it is to be sent. */
export const TIME_TO_LIVE_MS = DAY_MS;
export const TIME_TO_LIVE_MAX_MS = 7 * DAY_MS;

export type NotificationState =
  /** `forgotten`: there was one, which is requested no second time. */
  | { readonly status: 'none' | 'forgotten' }
  /** `list`: where it goes to one. */
  | { readonly status: 'requested' | 'cancelled'; readonly source: Source; readonly expiresAt: Instant; readonly list?: ListId };

type ContentSource =
  | { readonly content: Content }
  /** Of our own products: it is made of the message or the post each time it is told, so that no words are kept that change there. */
  | { readonly ofSource: true }
  /** A digest: of other notifications as they are when it is sent, by the app's template where it has one for that. */
  | { readonly digestOf: readonly NotificationId[]; readonly template?: RequestedTemplate }
  | {
      readonly template: {
        readonly template: TemplateId;
        readonly state: TemplateState;
        /** The newest, or at its time a newer one, where it is absent. */
        readonly version?: number;
        readonly language?: string;
      };
      readonly parameters?: Readonly<Record<string, unknown>>;
      /** From that version with these parameters, as each delivery will be; absent where there is no such template. */
      readonly rendered?: RenderedContent;
    };

export type NotificationCommand =
  | {
      readonly type: 'request';
      readonly notification: NotificationId;
      readonly source: Source;
      /** Of the app that asks; absent where one of our own products does. */
      readonly app?: AppState;
      readonly recipients: readonly PersonId[];
      /** In place of recipients. */
      readonly list?: RequestedList & { readonly state: ListState };
      /** The person whose words or name the content tells, if anyone's: it is erased with them. */
      readonly author?: PersonId;
      /** Recipients that were looked up and are not enrolled. Long lists aren't looked up: there, planning suppresses. */
      readonly notEnrolled?: readonly PersonId[];
      readonly category: string;
      readonly critical?: boolean;
      readonly atMostOnce?: boolean;
      readonly channels: readonly NotificationChannel[];
      /** The request named none. */
      readonly channelsByDefault?: boolean;
      readonly failover?: readonly FailoverStep[];
      readonly contentFrom: ContentSource;
      readonly priority?: Priority;
      readonly sendAt?: Instant;
      /** In place of `sendAt`. */
      readonly sendAtLocal?: SendAtLocal;
      readonly expiresAt?: Instant;
      readonly collapseKey?: string;
      readonly tracking?: Tracking;
      readonly at: Instant;
    }
  /** `app`: of the app that asks. */
  | { readonly type: 'cancel'; readonly notification: NotificationId; readonly source: Source; readonly app?: AppState }
  /** It is older than such are kept, and so are its deliveries; not where it expires after `upTo`. */
  | { readonly type: 'forget'; readonly notification: NotificationId; readonly upTo: Instant; readonly at: Instant };

type Request = Extract<NotificationCommand, { type: 'request' }>;

export const notification: Decider<NotificationState, NotificationCommand, NotificationEvent> = {
  initialState: { status: 'none' },

  evolve: (state, event) => {
    switch (event.type) {
      case 'notifications.requested.v1': {
        const { source, expiresAt, list } = event.data;
        return { status: 'requested', source, expiresAt, ...(list !== undefined && { list: list.list }) };
      }
      case 'notifications.cancelled.v1':
        return 'source' in state ? { ...state, status: 'cancelled' } : state;
      case 'notifications.forgotten.v1':
        return { status: 'forgotten' };
    }
  },

  decide: (state, command) => {
    if (command.type === 'forget') return forget(state, command);
    if ('source' in state && !isSameSource(state.source, command.source)) return refuse('notification-unknown');
    switch (command.type) {
      case 'request':
        if (state.status === 'cancelled') return refuse('notification-cancelled');
        return state.status === 'none' ? request(command) : accept();
      case 'cancel':
        return 'source' in state ? cancel(state, command) : refuse('notification-unknown');
    }
  },
};

function cancel(state: NotificationState, { notification, app }: Extract<NotificationCommand, { type: 'cancel' }>): Decision<NotificationEvent> {
  const inactive = app === undefined ? undefined : refusalOfInactive(app);
  if (inactive !== undefined) return inactive;
  return state.status === 'cancelled' ? accept() : accept({ type: 'notifications.cancelled.v1', data: { notification } });
}

const forget = (state: NotificationState, { notification, upTo, at }: Extract<NotificationCommand, { type: 'forget' }>): Decision<NotificationEvent> =>
  'source' in state && state.expiresAt <= upTo ? accept({ type: 'notifications.forgotten.v1', data: { notification, at } }) : accept();

function request(command: Request): Decision<NotificationEvent> {
  const { notification, source, category, channels, contentFrom, critical = false, atMostOnce = false, priority = 'normal', sendAt, at } = command;
  const { collapseKey, tracking, failover = [], sendAtLocal } = command;
  const recipients = [...new Set(command.recipients)];
  const expiresAt = expiryOf(command);
  const fault =
    faultOfList(command) ??
    faultOfRecipients(command, recipients) ??
    faultOfTimes(command, expiresAt) ??
    refusalOfFailover(failover, { channels: command.channelsByDefault === true ? [] : channels, from: lastSendOf(command) ?? at, expiresAt }) ??
    faultOfParameters(contentFrom);
  if (fault !== undefined) return fault;
  const content = pinTemplate(contentFrom, source);
  if (content === undefined) return refuse('template-unknown');
  const contentFault = faultOfContent(command);
  if (contentFault !== undefined) return contentFault;
  const data = {
    notification,
    source,
    recipients,
    ...(command.list !== undefined && { list: requestedList(command.list) }),
    subject: command.author ?? subjectOf(notification, source, recipients),
    category,
    critical,
    atMostOnce,
    channels: [...new Set(channels)],
    ...(command.channelsByDefault === true && { channelsByDefault: true as const }),
    ...(failover.length > 0 && { failover }),
    ...content,
    priority,
    ...(sendAt !== undefined && { sendAt }),
    ...(sendAtLocal !== undefined && { sendAtLocal }),
    expiresAt,
    ...(collapseKey !== undefined && { collapseKey }),
    ...(tracking !== undefined && { tracking }),
    at,
  };
  return accept({ type: 'notifications.requested.v1', data });
}

/** Two requests come from the same source; which message or post was the reason doesn't matter. */
const isSameSource = (one: Source, other: Source) => one.kind === other.kind && (one.kind !== 'app' || other.kind !== 'app' || one.app === other.app);

/** The key that seals content without an author is the recipient's where there is one recipient, else the app's, else the notification's own. */
function subjectOf(notification: NotificationId, source: Source, recipients: readonly PersonId[]): string {
  const [first] = recipients;
  if (first !== undefined && recipients.length === 1) return first;
  return source.kind === 'app' ? source.app : notification;
}

function expiryOf(command: Request): Instant {
  const { expiresAt, at } = command;
  const from = lastSendOf(command) ?? at;
  if (expiresAt === undefined) return plus(from, TIME_TO_LIVE_MS);
  const latest = plus(from, TIME_TO_LIVE_MAX_MS);
  return expiresAt < latest ? expiresAt : latest;
}

function faultOfRecipients(
  { source, app = { status: 'none' }, notEnrolled, channels, list }: Request,
  recipients: readonly PersonId[],
): Decision<never> | undefined {
  if ((recipients.length === 0 && list === undefined) || channels.length === 0) return refuse('recipients-missing');
  if (recipients.length > RECIPIENTS_MAX) return refuse('too-many-recipients', { max: RECIPIENTS_MAX });
  if (source.kind !== 'app') return undefined;
  const [stranger] = notEnrolled ?? [];
  return refusalOfInactive(app) ?? (stranger === undefined ? undefined : refuse('not-enrolled', { person: stranger }));
}

/** Only an app has lists. */
function faultOfList({ list, source, recipients }: Request): Decision<never> | undefined {
  if (list === undefined) return undefined;
  if (recipients.length > 0) return refuse('recipients-or-list');
  return source.kind === 'app' ? refusalOfList(list.state, source.app) : refuse('list-unknown');
}

const requestedList = ({ list, revision, ratePerMinute }: RequestedList): RequestedList => ({
  list,
  revision,
  ...(ratePerMinute !== undefined && { ratePerMinute }),
});

function faultOfTimes(command: Request, expiresAt: Instant): Decision<never> | undefined {
  const { at } = command;
  const fault = faultOfSendTime(command);
  if (fault !== undefined) return fault;
  const sendAt = firstSendOf(command);
  if (sendAt !== undefined && msBetween(at, sendAt) > SEND_AHEAD_MAX_DAYS * DAY_MS) return refuse('send-at-too-far', { maxDays: SEND_AHEAD_MAX_DAYS });
  const last = lastSendOf(command);
  return expiresAt <= at || (last !== undefined && expiresAt <= last) ? refuse('expires-before-sending') : undefined;
}

function faultOfParameters(from: ContentSource): Decision<never> | undefined {
  if ('content' in from || 'ofSource' in from || 'digestOf' in from) return undefined;
  const length = bytesIn(JSON.stringify(from.parameters ?? {}));
  return length > CONTENT_MAX_BYTES ? refuse('content-too-large', { length, max: CONTENT_MAX_BYTES }) : undefined;
}

/** What is known to fail at every delivery is refused here, so that the app learns of it. Our own products make content of names and texts that are mended when it is sent. */
function faultOfContent({ contentFrom: from, source, channels: first, failover = [] }: Request): Decision<never> | undefined {
  const channels = [...first, ...failover.map(({ channel }) => channel)];
  if ('ofSource' in from) return source.kind === 'app' ? refuse('content-missing') : undefined;
  if ('digestOf' in from) return undefined;
  if ('content' in from && source.kind !== 'app') return isBlank(from.content.body) ? refuse('content-missing') : undefined;
  if ('content' in from) return refusalOfContent(from.content, channels);
  const { rendered } = from;
  if (rendered === undefined) return undefined;
  if ('content' in rendered) return refusalOfContent(rendered.content, channels);
  const { missing, invalid, fault } = rendered;
  if (invalid !== undefined) return refuse('parameter-invalid', invalid);
  return missing === undefined ? refuse('template-invalid', { detail: fault }) : refuse('parameter-missing', { parameter: missing });
}

/** The event's content, with the template's version pinned; undefined where this app has no such template. */
function pinTemplate(from: ContentSource, source: Source) {
  if ('ofSource' in from) return {};
  if ('digestOf' in from) return from;
  if ('content' in from) return { content: from.content };
  const { template, state, version: asked, language } = from.template;
  const version = source.kind === 'app' ? pinnedVersion(state, { app: source.app, version: asked }) : undefined;
  if (version === undefined) return undefined;
  const requested = { template, version, ...(asked !== undefined && { pinned: true as const }), ...(language !== undefined && { language }) };
  return { template: requested, ...(from.parameters !== undefined && { parameters: from.parameters }) };
}
