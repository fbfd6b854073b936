/** What a bare worker posts: as much as an attempt of a real delivery. */
import type { DeliveryId, NotificationId } from '../../domain/shared/ids.ts';
import { DAY_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import type { Attempt } from '../../ports/sender/port.ts';

const DEADLINE_MS = 10 * SECOND_MS;

export const bareAttempt = (id: string): Attempt => ({
  delivery: id as DeliveryId,
  notification: id as NotificationId,
  attempt: 1,
  target: { channel: 'push', platform: 'fcm', token: id },
  content: { title: 'Bench', body: 'The ferry leaves from gate 3.' },
  data: { notification: id as NotificationId, kind: 'app' },
  category: 'bench',
  priority: 'normal',
  collapseKey: id,
  ttlSeconds: DAY_MS / SECOND_MS,
  signal: AbortSignal.timeout(DEADLINE_MS),
});
