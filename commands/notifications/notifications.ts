import { app, type ActiveApp } from '../../domain/notifications/apps/app.ts';
import type { Content, SendAtLocal, Source } from '../../domain/notifications/request-fields.ts';
import type { Priority } from '../../domain/notifications/priority.ts';
import { failoverFrom, type FailoverStep } from '../../domain/notifications/failover/policy.ts';
import { list as listDecider } from '../../domain/notifications/lists/list.ts';
import { lastSendOf } from '../../domain/notifications/planning/send-time.ts';
import { notification, TIME_TO_LIVE_MS, type NotificationCommand } from '../../domain/notifications/notification.ts';
import type { Tracking } from '../../domain/notifications/templates/events.ts';
import { pinnedVersion, template } from '../../domain/notifications/templates/template.ts';
import { CHANNELS_BY_DEFAULT, type NotificationChannel } from '../../domain/people/notification-channels.ts';
import { isEnrolled, preferences } from '../../domain/people/preferences.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { AppId, ListId, NotificationId, PersonId, TemplateId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import { appStream, listStream, notificationStream, preferencesStream, templateStream } from '../../domain/shared/streams.ts';
import type { CreateResult } from '../handling/results.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling, LoadedState } from '../handling/handle.ts';
import type { CommandResult } from '../handling/results.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';
import { loadCategory } from './categories.ts';
import { findVersionWith, renderVersion, type FindVersion } from './template-versions.ts';

/** Up to so many recipients, enrolment is checked at the request; a longer list is accepted, and planning suppresses the deliveries of recipients that are not enrolled. */
const RECIPIENTS_LOOKED_UP_MAX = 20;

export type RequestNotification = {
  readonly source: Source;
  /** Absent where there is a list. */
  readonly recipients?: readonly PersonId[];
  readonly list?: ListId;
  /** Of members of the list that are planned in a minute, at most. */
  readonly ratePerMinute?: number;
  /** The person whose words or name the content tells, if anyone's. */
  readonly author?: PersonId;
  readonly category: string;
  readonly critical?: boolean;
  readonly atMostOnce?: boolean;
  /** Where it is absent: those of the category, and those that the recipient has asked for, when it is planned; or `CHANNELS_BY_DEFAULT`. */
  readonly channels?: readonly NotificationChannel[];
  /** The template's, else the category's, where it is absent, as far as it goes on from these channels. */
  readonly failover?: readonly FailoverStep[];
  /** Absent where there is a template, and where it is made of the source, a message or a post, each time it is told. */
  readonly content?: Content;
  /** Of the template's versions one that is named, or the newest at the time; in a language that is named, or the recipient's. */
  readonly template?: { readonly template: TemplateId; readonly version?: number; readonly language?: string };
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly priority?: Priority;
  readonly sendAt?: Instant;
  /** On each recipient's own clock, in place of `sendAt`. */
  readonly sendAtLocal?: SendAtLocal;
  readonly ttlSeconds?: number;
  readonly collapseKey?: string;
  /** In place of the template's. */
  readonly tracking?: Tracking;
};

/** How a request is made: by an app now, or by one of its schedules. */
export type RequestOptions = {
  /** Where it doesn't follow from the command. */
  readonly notification?: NotificationId;
  /** Recipients who have not enrolled are left to planning: one of them must not stand in the way of the others. */
  readonly enrolment?: 'planned';
  /** Asked of an active app before it is decided. A request that was handled before is answered whatever it says. */
  readonly admit?: (app: ActiveApp, recipients: number) => Promise<Refusal | undefined>;
};

/**
 * The notification's id follows from the command: two requests under one key make one notification. A template is rendered once
 * with the request, though each delivery renders it again, for an app has to learn now what would fail then.
 */
export const requestNotification = (dependencies: Uses<'log' | 'codec'>) => {
  const prepare = prepareRequestWith(dependencies);
  return async (request: RequestNotification, context: CommandContext, options: RequestOptions = {}): Promise<CreateResult<NotificationId>> => {
    const id = options.notification ?? createdIdOf<NotificationId>(context.command, 'notification');
    const { command, readRevisions } = await prepare(request, { id, at: context.at, ...options });
    const refusal = await admission(command, options);
    if (refusal !== undefined) {
      const earlier = await dependencies.findEarlierResult(notification, notificationStream(id), context);
      return { id, handled: earlier ?? { outcome: 'refused', refusal } };
    }
    const handled = await dependencies.handle(notification, notificationStream(id), command, context, { readRevisions });
    return { id, handled };
  };
};

/** Nobody knows yet how many members a list will have when it is planned, which has a pace of its own. */
const admission = async ({ app, recipients }: PreparedRequest['command'], { admit }: RequestOptions): Promise<Refusal | undefined> =>
  app?.status === 'active' ? await admit?.(app, recipients.length) : undefined;

type PreparedRequest = { readonly command: Extract<NotificationCommand, { type: 'request' }>; readonly readRevisions: readonly LoadedState<unknown>[] };

/** Looks up what the decision about a request needs. */
export function prepareRequestWith(dependencies: Uses<'log' | 'codec'>) {
  const findVersion = findVersionWith(dependencies);
  return async (
    request: RequestNotification,
    { id, at, enrolment }: Pick<RequestOptions, 'enrolment'> & { readonly id: NotificationId; readonly at: Instant },
  ): Promise<PreparedRequest> => {
    const { source, recipients = [], content, template: templateRef, parameters, sendAt, sendAtLocal, ttlSeconds, channels = CHANNELS_BY_DEFAULT } = request;
    const { author, critical, atMostOnce, priority, collapseKey, category, tracking, ratePerMinute } = request;
    const appNow = source.kind === 'app' ? await dependencies.loadState(app, appStream(source.app)) : undefined;
    const listNow = request.list && (await dependencies.loadState(listDecider, listStream(request.list)));
    const fromTemplate = templateRef && (await contentFromTemplate({ ...dependencies, findVersion }, source, templateRef, parameters));
    const from = lastSendOf(request) ?? at;
    const expiresAt = plus(from, ttlSeconds === undefined ? TIME_TO_LIVE_MS : ttlSeconds * 1_000);
    const policy = async () => fromTemplate?.failover ?? (await failoverOfCategory(dependencies, request));
    const failover = request.failover ?? failoverFrom(await policy(), { channels: request.channels ?? [], from, expiresAt });
    const notEnrolled = source.kind === 'app' && enrolment !== 'planned' ? await notEnrolledAmong(dependencies, source.app, recipients) : undefined;
    const command = {
      type: 'request',
      notification: id,
      source,
      ...(appNow === undefined ? {} : { app: appNow.state }),
      recipients,
      ...(request.list !== undefined && listNow && { list: { list: request.list, ...(ratePerMinute !== undefined && { ratePerMinute }), ...listNow } }),
      ...(author === undefined ? {} : { author }),
      ...(notEnrolled === undefined ? {} : { notEnrolled }),
      category,
      ...(critical === undefined ? {} : { critical }),
      ...(atMostOnce === undefined ? {} : { atMostOnce }),
      channels,
      channelsByDefault: request.channels === undefined,
      failover,
      contentFrom: fromTemplate?.contentFrom ?? contentOrSource(content),
      ...(priority === undefined ? {} : { priority }),
      ...(sendAt === undefined ? {} : { sendAt }),
      ...(sendAtLocal === undefined ? {} : { sendAtLocal }),
      expiresAt,
      ...(collapseKey === undefined ? {} : { collapseKey }),
      ...(tracking === undefined ? {} : { tracking }),
      at,
    } as const;
    return { command, readRevisions: [appNow, listNow].filter((read) => read !== undefined) };
  };
}

export const cancelNotification =
  ({ handle, loadState }: CommandHandling) =>
  async ({ notification: id, app: by }: { readonly notification: NotificationId; readonly app: AppId }, context: CommandContext): Promise<CommandResult> => {
    const appNow = await loadState(app, appStream(by));
    const command = { type: 'cancel', notification: id, source: { kind: 'app', app: by }, app: appNow.state } as const;
    return handle(notification, notificationStream(id), command, context, { readRevisions: [appNow] });
  };

/** Given by a worker, of one whose deliveries are forgotten. */
export const forgetNotification =
  ({ handle }: CommandHandling) =>
  ({ notification: id, upTo }: { readonly notification: NotificationId; readonly upTo: Instant }, context: CommandContext): Promise<CommandResult> =>
    handle(notification, notificationStream(id), { type: 'forget', notification: id, upTo, at: context.at }, context);

const failoverOfCategory = async ({ loadState }: CommandHandling, { source, category }: RequestNotification): Promise<readonly FailoverStep[]> =>
  source.kind === 'app' ? ((await loadCategory(loadState, { source, category }))?.failover ?? []) : [];

const contentOrSource = (content: Content | undefined) => (content === undefined ? ({ ofSource: true } as const) : { content });

async function notEnrolledAmong({ loadState }: CommandHandling, id: AppId, recipients: readonly PersonId[]): Promise<readonly PersonId[]> {
  if (recipients.length > RECIPIENTS_LOOKED_UP_MAX) return [];
  const enrolled = await Promise.all(recipients.map(async (person) => isEnrolled((await loadState(preferences, preferencesStream(person))).state, id)));
  return recipients.filter((_, i) => enrolled[i] !== true);
}

async function contentFromTemplate(
  { loadState, findVersion }: Pick<CommandHandling, 'loadState'> & { readonly findVersion: FindVersion },
  source: Source,
  { template: id, version, language }: NonNullable<RequestNotification['template']>,
  parameters: RequestNotification['parameters'],
) {
  const { state } = await loadState(template, templateStream(id));
  const pinned = source.kind === 'app' ? pinnedVersion(state, { app: source.app, version }) : undefined;
  const rendered =
    pinned === undefined
      ? undefined
      : await renderVersion(findVersion, { template: id, version: pinned }, { parameters: parameters ?? {}, ...(language !== undefined && { language }) });
  const contentFrom = {
    template: { template: id, state, ...(version === undefined ? {} : { version }), ...(language === undefined ? {} : { language }) },
    ...(parameters === undefined ? {} : { parameters }),
    ...(rendered === undefined ? {} : { rendered }),
  };
  return { contentFrom, failover: pinned === undefined ? undefined : (await findVersion(id, pinned))?.published.failover };
}
