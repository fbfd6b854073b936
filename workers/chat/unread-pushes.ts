/** The pushes about a channel that a person hasn't read, from the view of deliveries. */
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { DeliveryStatus } from '../../projections/read-models/deliveries.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';

/** The newest pushes, one a device: an unread push behind so many failed ones is forgotten, and followed by another. */
const PUSHES_LOOKED_AT_MAX = 50;

/** To one device, about the message `seq`. */
export type ChatPush = { readonly seq: number; readonly status: DeliveryStatus };

export async function loadUnreadPushes(
  views: Pick<TidingsViews, 'find'>,
  { person, channel, readUpTo }: { readonly person: PersonId; readonly channel: ChannelId; readonly readUpTo: number | null },
): Promise<readonly ChatPush[]> {
  const found = await views.find('deliveries', {
    where: { recipient: person, aboutChannel: channel },
    range: { field: 'aboutSeq', after: readUpTo ?? -1 },
    order: { aboutSeq: -1 },
    limit: 2 * PUSHES_LOOKED_AT_MAX, // each message that is pushed stands in the notification centre too
  });
  return found.filter(({ channel: by }) => by === 'push').map(({ aboutSeq, status }) => ({ seq: aboutSeq ?? -1, status }));
}

/** Whether it has ended without reaching the person. */
export function hasFailed({ status }: ChatPush): boolean {
  switch (status) {
    case 'suppressed':
    case 'failed':
    case 'expired':
    case 'cancelled':
    case 'undelivered':
      return true;
    case 'planned':
    case 'deferred':
    case 'queued':
    case 'attempting':
    case 'waiting':
    case 'unknown':
    case 'accepted':
    case 'delivered':
    case 'digested':
      return false;
  }
}

/** The newest message of which every push has failed. */
export function newestFailedPush(pushes: readonly ChatPush[]): number | undefined {
  const failed = [...Map.groupBy(pushes, ({ seq }) => seq)].filter(([, its]) => its.every(hasFailed));
  return failed.length === 0 ? undefined : Math.max(...failed.map(([seq]) => seq));
}
