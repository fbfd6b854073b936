/** What was asked for, read from the log: a notification's stream begins with it, and a template's versions are its events. */
import type { Current } from '../../../commands/handling/handle.ts';
import { notificationStreamOf } from '../../../commands/notifications/notifications.ts';
import { renderTemplate } from '../../../ports/templates/render.ts';
import { templateStreamOf } from '../../../commands/notifications/templates.ts';
import type { TidingsEvent } from '../../../domain/events.ts';
import type { Content } from '../../../domain/notifications/events.ts';
import { notification } from '../../../domain/notifications/notification.ts';
import type { Requested } from '../../../domain/notifications/planning/plan.ts';
import { isErased, type Recorded } from '../../../domain/shared/event.ts';
import type { NotificationId } from '../../../domain/shared/ids.ts';
import type { Codec } from '../../../ports/event-log/codec.ts';
import type { EventLog } from '../../../ports/event-log/port.ts';

export type NotificationRequest = { readonly event: Pick<Recorded, 'id' | 'metadata'>; readonly requested: Requested; readonly cancelled: boolean };
type Dependencies = { readonly log: Pick<EventLog, 'readStream'>; readonly codec: Pick<Codec, 'decode'>; readonly current: Current };

/** undefined: there is no such notification. */
export async function loadNotification({ log, codec, current }: Dependencies, id: NotificationId): Promise<NotificationRequest | undefined> {
  const stream = notificationStreamOf(id);
  const [first, { state }] = await Promise.all([eventAt({ log, codec }, stream, 0), current(notification, stream)]);
  if (first?.type !== 'notifications.requested.v1') return undefined;
  return { event: first, requested: first.data, cancelled: state.status === 'cancelled' };
}

export type RenderedContent = { readonly content: Content } | 'erased' | { readonly fault: string };

/** What is to be said, from the template where there is one. */
export async function contentOf({ log, codec }: Omit<Dependencies, 'current'>, { content, template, parameters = {} }: Requested): Promise<RenderedContent> {
  if (isErased(content) || isErased(parameters)) return 'erased';
  if (template === undefined) return content === undefined ? { fault: 'there is no content' } : { content };
  const published = await eventAt({ log, codec }, templateStreamOf(template.template), template.version - 1);
  if (published?.type !== 'notifications.template-published.v1') return { fault: 'there is no such template' };
  return renderTemplate(published.data, parameters);
}

async function eventAt({ log, codec }: Omit<Dependencies, 'current'>, stream: string, revision: number): Promise<Recorded<TidingsEvent> | undefined> {
  for await (const stored of log.readStream(stream, { from: revision, limit: 1 })) return codec.decode(stored);
  return undefined;
}
