/** What a person marks in their notification centre: one thing, or everything that came until a moment. */
import { centre } from '../../domain/notifications/centre/centre.ts';
import type { ItemMark } from '../../domain/notifications/centre/events.ts';
import { delivery } from '../../domain/notifications/delivery/delivery.ts';
import type { NotificationId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { centreStream, deliveryStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import { deliveryIdOf } from '../handling/deterministic-ids.ts';
import type { CommandHandling } from '../handling/handle.ts';
import { refused, type CommandResult } from '../handling/results.ts';

export type MarkNotification = { readonly person: PersonId; readonly notification: NotificationId; readonly mark: ItemMark };

/** What stands in nobody's centre, or in another person's, is answered as a notification that isn't there. */
export const markNotification =
  ({ handle, loadState }: CommandHandling) =>
  async ({ person, notification, mark }: MarkNotification, context: CommandContext): Promise<CommandResult> => {
    const stream = deliveryStream(deliveryIdOf({ notification, recipient: person, channel: 'in-app' }));
    const { at } = context;
    if ((await loadState(delivery, stream)).state.status !== 'delivered') return refused('notification-unknown');
    if (mark !== 'unread') return handle(delivery, stream, { type: 'mark', mark, at }, context);
    const read = await loadState(centre, centreStream(person));
    return handle(delivery, stream, { type: 'mark', mark, readBefore: read.state.timesRead, at }, context, { readRevisions: [read] });
  };

export const markNotificationsSeen =
  ({ handle }: CommandHandling) =>
  ({ person, upTo }: { readonly person: PersonId; readonly upTo: Instant }, context: CommandContext): Promise<CommandResult> =>
    handle(centre, centreStream(person), { type: 'see', person, upTo, at: context.at }, context);

export type MarkNotificationsRead = { readonly person: PersonId; readonly upTo: Instant; readonly category?: string };

export const markNotificationsRead =
  ({ handle }: CommandHandling) =>
  ({ person, upTo, category }: MarkNotificationsRead, context: CommandContext): Promise<CommandResult> =>
    handle(centre, centreStream(person), { type: 'read', person, upTo, ...(category !== undefined && { category }), at: context.at }, context);
