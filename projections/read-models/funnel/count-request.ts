/** Counts what was asked for: where the funnel begins. */
import { countedUnder } from '../../../domain/notifications/counted-under.ts';
import type { NotificationEvent } from '../../../domain/notifications/events.ts';
import type { CampaignEvent } from '../../../domain/notifications/lists/events.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
import type { Collection } from '../../projection.ts';
import { countedId, sourceNameOf, type CountedKey } from './counted-key.ts';

/** Id: `countedId`. `created`: for each notification, each of its recipients; of those that go to a list as they are planned. */
export type RequestCounts = { readonly requested: number; readonly created: number };

/** Id: a notification that goes to a list. `key`: null until the request is here, for its stream may be read after its campaign's. */
export type CountedCampaign = { readonly key: CountedKey | null; readonly recipients: number };

type Requested = Extract<NotificationEvent, { type: 'notifications.requested.v1' }>;
type RangePlanned = Extract<CampaignEvent, { type: 'notifications.campaign-range-planned.v1' }>;
type Documents = { readonly 'funnel-requests': Collection<RequestCounts>; readonly 'funnel-campaigns': Collection<CountedCampaign> };

/** `isNew`: the notification was not there before. */
export function countRequest(
  { 'funnel-requests': requests, 'funnel-campaigns': campaigns }: Documents,
  event: Recorded<Requested>,
  { isNew }: { readonly isNew: boolean },
): void {
  const { source, category, recipients, list, notification } = event.data;
  const { template, day } = countedUnder(event.data);
  const key: CountedKey = { day, source: sourceNameOf(source), category, template: template ?? null, channel: null };
  let created = new Set(recipients).size;
  if (list !== undefined)
    campaigns.update(notification, event, (before) => {
      created += before?.recipients ?? 0;
      return { key, recipients: before?.recipients ?? 0 };
    });
  if (isNew) requests.increment(countedId(key, event.stream), { requested: 1, created });
}

export function countRange({ 'funnel-requests': requests, 'funnel-campaigns': campaigns }: Documents, event: Recorded<RangePlanned>): void {
  const { notification, recipients } = event.data;
  const keys: CountedKey[] = [];
  campaigns.update(notification, event, (before = { key: null, recipients: 0 }) => {
    if (before.key !== null) keys.push(before.key);
    return { ...before, recipients: before.recipients + recipients };
  });
  for (const key of keys) requests.increment(countedId(key, event.stream), { requested: 0, created: recipients });
}
