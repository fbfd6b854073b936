import { app } from '../../domain/notifications/apps/app.ts';
import type { Content, Priority, Source } from '../../domain/notifications/events.ts';
import { notification, TIME_TO_LIVE_MS } from '../../domain/notifications/notification.ts';
import type { Tracking } from '../../domain/notifications/templates/events.ts';
import { pinnedVersion, template } from '../../domain/notifications/templates/template.ts';
import { CHANNELS_BY_DEFAULT, type NotificationChannel } from '../../domain/people/notification-channels.ts';
import { isEnrolled, preferences } from '../../domain/people/preferences.ts';
import type { AppId, NotificationId, PersonId, TemplateId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import { appStream, notificationStream, preferencesStream, templateStream } from '../../domain/shared/streams.ts';
import type { CreateResult } from '../handling/results.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling } from '../handling/handle.ts';
import type { CommandResult } from '../handling/results.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';
import { findVersionWith, renderVersion, type FindVersion } from './template-versions.ts';

/** Up to so many recipients, enrolment is checked at the request; a longer list is accepted, and planning suppresses the deliveries of recipients that are not enrolled. */
const RECIPIENTS_LOOKED_UP_MAX = 20;

export type RequestNotification = {
  readonly source: Source;
  readonly recipients: readonly PersonId[];
  /** The person whose words or name the content tells, if anyone's. */
  readonly author?: PersonId;
  readonly category: string;
  readonly critical?: boolean;
  readonly atMostOnce?: boolean;
  /** `CHANNELS_BY_DEFAULT` where it is absent. */
  readonly channels?: readonly NotificationChannel[];
  /** Absent where there is a template, and where it is made of the source, a message or a post, each time it is told. */
  readonly content?: Content;
  /** Of the template's versions one that is named, or the newest at the time; in a language that is named, or the recipient's. */
  readonly template?: { readonly template: TemplateId; readonly version?: number; readonly language?: string };
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly priority?: Priority;
  readonly sendAt?: Instant;
  readonly ttlSeconds?: number;
  readonly collapseKey?: string;
  /** In place of the template's. */
  readonly tracking?: Tracking;
};

/**
 * The notification's id follows from the command: two requests under one key make one notification. A template is rendered once
 * with the request, though each delivery renders it again, for an app has to learn now what would fail then.
 */
export const requestNotification = (dependencies: Uses<'log' | 'codec'>) => {
  const findVersion = findVersionWith(dependencies);
  return async (request: RequestNotification, context: CommandContext): Promise<CreateResult<NotificationId>> => {
    const { source, recipients, content, template: templateRef, parameters, sendAt, ttlSeconds, channels = CHANNELS_BY_DEFAULT } = request;
    const { author, critical, atMostOnce, priority, collapseKey, category, tracking } = request;
    const id = createdIdOf<NotificationId>(context.command, 'notification');
    const appNow = source.kind === 'app' ? await dependencies.loadState(app, appStream(source.app)) : undefined;
    const handled = await dependencies.handle(
      notification,
      notificationStream(id),
      {
        type: 'request',
        notification: id,
        source,
        ...(appNow === undefined ? {} : { app: appNow.state }),
        recipients,
        ...(author === undefined ? {} : { author }),
        ...(source.kind === 'app' ? { notEnrolled: await notEnrolledAmong(dependencies, source.app, recipients) } : {}),
        category,
        ...(critical === undefined ? {} : { critical }),
        ...(atMostOnce === undefined ? {} : { atMostOnce }),
        channels,
        contentFrom:
          templateRef === undefined ? contentOrSource(content) : await fromTemplate({ ...dependencies, findVersion }, source, templateRef, parameters),
        ...(priority === undefined ? {} : { priority }),
        ...(sendAt === undefined ? {} : { sendAt }),
        expiresAt: plus(sendAt ?? context.at, ttlSeconds === undefined ? TIME_TO_LIVE_MS : ttlSeconds * 1_000),
        ...(collapseKey === undefined ? {} : { collapseKey }),
        ...(tracking === undefined ? {} : { tracking }),
        at: context.at,
      },
      context,
      { readRevisions: appNow === undefined ? [] : [appNow] },
    );
    return { id, handled };
  };
};

export const cancelNotification =
  ({ handle, loadState }: CommandHandling) =>
  async ({ notification: id, app: by }: { readonly notification: NotificationId; readonly app: AppId }, context: CommandContext): Promise<CommandResult> => {
    const appNow = await loadState(app, appStream(by));
    const command = { type: 'cancel', notification: id, source: { kind: 'app', app: by }, app: appNow.state } as const;
    return handle(notification, notificationStream(id), command, context, { readRevisions: [appNow] });
  };

const contentOrSource = (content: Content | undefined) => (content === undefined ? ({ ofSource: true } as const) : { content });

async function notEnrolledAmong({ loadState }: CommandHandling, id: AppId, recipients: readonly PersonId[]): Promise<readonly PersonId[]> {
  if (recipients.length > RECIPIENTS_LOOKED_UP_MAX) return [];
  const enrolled = await Promise.all(recipients.map(async (person) => isEnrolled((await loadState(preferences, preferencesStream(person))).state, id)));
  return recipients.filter((_, i) => enrolled[i] !== true);
}

async function fromTemplate(
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
  return {
    template: { template: id, state, ...(version === undefined ? {} : { version }), ...(language === undefined ? {} : { language }) },
    ...(parameters === undefined ? {} : { parameters }),
    ...(rendered === undefined ? {} : { rendered }),
  };
}
