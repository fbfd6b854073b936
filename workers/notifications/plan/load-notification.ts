/** Reads a notification from the log: its stream begins with the request, and a template's versions are the events of its stream. */
import { createSharedCalls } from '../../../commands/handling/shared-calls.ts';
import type { NotificationEvent } from '../../../domain/notifications/events.ts';
import type { RequestedNotification } from '../../../domain/notifications/planning/plan.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
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

/** A notification's stream up to a revision. The request is as it is stored, sealed, so that a person who is erased meanwhile is erased here too. */
type Remembered = { readonly first: StoredEvent; readonly revision: number; readonly isCancelled: boolean };

const CANCELLED: NotificationEvent['type'] = 'notifications.cancelled.v1';
/** Nothing before it counts, whether it is there still or not. */
const FORGOTTEN: NotificationEvent['type'] = 'notifications.forgotten.v1';

export function loadNotificationWith(reader: Pick<DomainReader, 'log' | 'codec'>): LoadNotification {
  const share = createSharedCalls();
  /** The one that was used last is the last. */
  const requests = new Map<NotificationId, Remembered>();

  const catchUp = async (id: NotificationId): Promise<Remembered | undefined> => {
    let known = requests.get(id);
    for await (const stored of reader.log.readStream(notificationStream(id), { from: known === undefined ? 0 : known.revision + 1 })) {
      const { revision, type } = stored;
      known = { first: type === FORGOTTEN ? stored : (known?.first ?? stored), revision, isCancelled: known?.isCancelled === true || type === CANCELLED };
    }
    requests.delete(id);
    if (known === undefined || known.first.data.length > REQUEST_REMEMBERED_BYTES_MAX) return known;
    requests.set(id, known);
    for (const oldest of requests.keys()) {
      if (requests.size <= REQUESTS_REMEMBERED_MAX) break;
      requests.delete(oldest);
    }
    return known;
  };

  return (id) =>
    share(id, async () => {
      const known = await catchUp(id);
      const first = known && (await reader.codec.decode(known.first));
      if (first?.type !== 'notifications.requested.v1') return undefined;
      return { event: first, requested: first.data, cancelled: known?.isCancelled === true };
    });
}
