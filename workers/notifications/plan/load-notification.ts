/** Reads a notification from the log: its stream begins with the request, and a template's versions are the events of its stream. */
import { createSharedCalls } from '../../../commands/handling/shared-calls.ts';
import { renderVersion } from '../../../commands/notifications/render-version.ts';
import type { RenderedContent } from '../../../domain/notifications/content.ts';
import { notification } from '../../../domain/notifications/notification.ts';
import type { RequestedNotification } from '../../../domain/notifications/planning/plan.ts';
import { isErased, type Recorded } from '../../../domain/shared/event.ts';
import type { NotificationId } from '../../../domain/shared/ids.ts';
import { notificationStream } from '../../../domain/shared/streams.ts';
import type { StoredEvent } from '../../../ports/event-log/port.ts';
import type { DomainReader } from '../../dependencies.ts';

/** Requests that are remembered as they are stored: a notification to many people is loaded for each of its deliveries. */
const REQUESTS_REMEMBERED_MAX = 500;
/** Of one remembered request: a long list of recipients is planned in ranges, and read again for each. */
const REQUEST_REMEMBERED_BYTES_MAX = 64 * 1_024;

export type NotificationRequest = { readonly event: Pick<Recorded, 'id' | 'metadata'>; readonly requested: RequestedNotification; readonly cancelled: boolean };

/** undefined: there is no such notification. It is never older than the call, and calls for one notification share their reads. */
export type LoadNotification = (id: NotificationId) => Promise<NotificationRequest | undefined>;

export function loadNotificationWith(reader: DomainReader): LoadNotification {
  const share = createSharedCalls();
  /** Sealed, so that a person who is erased meanwhile is erased here too. The one that was used last is the last. */
  const remembered = new Map<NotificationId, StoredEvent>();

  const requestOf = async (id: NotificationId): Promise<StoredEvent | undefined> => {
    const stored = remembered.get(id) ?? (await firstOf(reader, notificationStream(id)));
    remembered.delete(id);
    if (stored === undefined || stored.data.length > REQUEST_REMEMBERED_BYTES_MAX) return stored;
    remembered.set(id, stored);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= REQUESTS_REMEMBERED_MAX) break;
      remembered.delete(oldest);
    }
    return stored;
  };

  return (id) =>
    share(id, async () => {
      const [stored, { state }] = await Promise.all([requestOf(id), reader.loadState(notification, notificationStream(id))]);
      const first = stored && (await reader.codec.decode(stored));
      if (first?.type !== 'notifications.requested.v1') return undefined;
      return { event: first, requested: first.data, cancelled: state.status === 'cancelled' };
    });
}

/** The content of a message, rendered from the template where there is one. */
export async function renderContent(reader: DomainReader, { content, template, parameters = {} }: RequestedNotification): Promise<RenderedContent | 'erased'> {
  if (isErased(content) || isErased(parameters)) return 'erased';
  if (template === undefined) return content === undefined ? { fault: 'there is no content' } : { content };
  return renderVersion(reader, template, parameters);
}

async function firstOf({ log }: DomainReader, stream: string): Promise<StoredEvent | undefined> {
  for await (const stored of log.readStream(stream, { from: 0, limit: 1 })) return stored;
  return undefined;
}
