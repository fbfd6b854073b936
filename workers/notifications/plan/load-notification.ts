/** Reads a notification from the log: its stream begins with the request, and a template's versions are the events of its stream. */
import { renderVersion } from '../../../commands/notifications/render-version.ts';
import type { TidingsEvent } from '../../../domain/events.ts';
import type { RenderedContent } from '../../../domain/notifications/content.ts';
import { notification } from '../../../domain/notifications/notification.ts';
import type { RequestedNotification } from '../../../domain/notifications/planning/plan.ts';
import { isErased, type Recorded } from '../../../domain/shared/event.ts';
import type { NotificationId } from '../../../domain/shared/ids.ts';
import { notificationStream } from '../../../domain/shared/streams.ts';
import type { DomainReader } from '../../dependencies.ts';

export type NotificationRequest = { readonly event: Pick<Recorded, 'id' | 'metadata'>; readonly requested: RequestedNotification; readonly cancelled: boolean };

/** undefined: there is no such notification. */
export async function loadNotification(reader: DomainReader, id: NotificationId): Promise<NotificationRequest | undefined> {
  const stream = notificationStream(id);
  const [first, { state }] = await Promise.all([eventAt(reader, stream, 0), reader.loadState(notification, stream)]);
  if (first?.type !== 'notifications.requested.v1') return undefined;
  return { event: first, requested: first.data, cancelled: state.status === 'cancelled' };
}

/** The content of a message, rendered from the template where there is one. */
export async function renderContent(reader: DomainReader, { content, template, parameters = {} }: RequestedNotification): Promise<RenderedContent | 'erased'> {
  if (isErased(content) || isErased(parameters)) return 'erased';
  if (template === undefined) return content === undefined ? { fault: 'there is no content' } : { content };
  return renderVersion(reader, template, parameters);
}

async function eventAt({ log, codec }: DomainReader, stream: string, revision: number): Promise<Recorded<TidingsEvent> | undefined> {
  for await (const stored of log.readStream(stream, { from: revision, limit: 1 })) return codec.decode(stored);
  return undefined;
}
