/** Digests: what one app tells one person of a category on a channel, several notifications as one. */
import { app } from '../../domain/notifications/apps/app.ts';
import { digest, type DigestCommand } from '../../domain/notifications/digests/digest.ts';
import type { DigestNotification } from '../../domain/notifications/digests/events.ts';
import type { RequestedTemplate } from '../../domain/notifications/request-fields.ts';
import { notification } from '../../domain/notifications/notification.ts';
import { pinnedVersion, template } from '../../domain/notifications/templates/template.ts';
import type { NotificationChannel } from '../../domain/people/notification-channels.ts';
import type { AppId, NotificationId, PersonId, TemplateId } from '../../domain/shared/ids.ts';
import { appStream, digestStream, notificationStream, templateStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandHandling, LoadState } from '../handling/handle.ts';
import type { CommandResult } from '../handling/results.ts';
import { loadCategory } from './categories.ts';

export const commandDigest =
  ({ handle }: CommandHandling) =>
  (command: DigestCommand, context: CommandContext): Promise<CommandResult> =>
    handle(digest, digestStream(command.digest), command, context);

export type RequestDigest = {
  readonly app: AppId;
  readonly person: PersonId;
  readonly category: string;
  readonly channel: NotificationChannel;
  /** Those that it tells, the oldest first. */
  readonly of: readonly NotificationId[];
  readonly as: DigestNotification;
};

/** The notification that tells those of a closed window: requested once, whoever asks and however often. */
export const requestDigest =
  ({ handle, loadState }: CommandHandling) =>
  async ({ app: id, person, category, channel, of, as }: RequestDigest, context: CommandContext): Promise<CommandResult> => {
    const source = { kind: 'app', app: id } as const;
    const [owner, declared] = await Promise.all([loadState(app, appStream(id)), loadCategory(loadState, { source, category })]);
    const requested = declared?.digestTemplate === undefined ? undefined : await templateOf(loadState, id, declared.digestTemplate);
    const request = {
      type: 'request',
      ...as,
      source,
      app: owner.state,
      recipients: [person],
      category,
      channels: [channel],
      contentFrom: { digestOf: of, ...(requested !== undefined && { template: requested }) },
      at: context.at,
    } as const;
    return handle(notification, notificationStream(as.notification), request, context, { readRevisions: [owner] });
  };

/** undefined where the app has no such template: a list says it then. */
async function templateOf(loadState: LoadState, id: AppId, named: TemplateId): Promise<RequestedTemplate | undefined> {
  const { state } = await loadState(template, templateStream(named));
  const version = pinnedVersion(state, { app: id, version: undefined });
  return version === undefined ? undefined : { template: named, version };
}
