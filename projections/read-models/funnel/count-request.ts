/** Counts what was asked for: where the funnel begins. */
import { countedUnder } from '../../../domain/notifications/counted-under.ts';
import type { NotificationEvent } from '../../../domain/notifications/events.ts';
import type { Collection } from '../../projection.ts';
import { countedId, sourceNameOf } from './counted-key.ts';

/** Id: `countedId`. `created`: for each notification, each of its recipients. */
export type RequestCounts = { readonly requested: number; readonly created: number };

type Requested = Extract<NotificationEvent, { type: 'notifications.requested.v1' }>['data'];

/** To be called once for each notification. `stream`: the notification's. */
export function countRequest(requests: Collection<RequestCounts>, stream: string, data: Requested): void {
  const { template, day } = countedUnder(data);
  const { category, recipients } = data;
  requests.increment(countedId({ day, source: sourceNameOf(data.source), category, template: template ?? null }, stream), {
    requested: 1,
    created: new Set(recipients).size,
  });
}
