/** Counts what was asked for: where the funnel begins. */
import { countedDayOf, countedUnder } from '../../../domain/notifications/counted-under.ts';
import type { NotificationEvent } from '../../../domain/notifications/events.ts';
import type { RequestedTemplate, SendAtLocal } from '../../../domain/notifications/request-fields.ts';
import type { CampaignEvent } from '../../../domain/notifications/lists/events.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { Collection } from '../../projection.ts';
import { countedId, sourceNameOf, type CountedKey } from './counted-key.ts';

/** Id: `countedId`. `created`: for each notification, each of its recipients; of those that go to a list as they are planned. */
export type RequestCounts = { readonly requested: number; readonly created: number };

/** Id: a notification that goes to a list. `key`: null until the request is here, for its stream may be read after its campaign's. */
export type CountedCampaign = { readonly key: CountedKey | null; readonly recipients: number };

type Requested = Extract<NotificationEvent, { type: 'notifications.requested.v1' }>;
type Forgotten = Extract<NotificationEvent, { type: 'notifications.forgotten.v1' }>;
type CountedRequest = Pick<Requested['data'], 'source' | 'category' | 'at'> & {
  readonly template: RequestedTemplate | null;
  readonly sendAt: Instant | null;
  readonly sendAtLocal: SendAtLocal | null;
  readonly recipientCount: number;
};
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

/** As if it had never been there, which is what the log says of it from then on. `before`: undefined where the views don't know it. */
export function countForgotten(
  { 'funnel-requests': requests, 'funnel-campaigns': campaigns }: Documents,
  event: Recorded<Forgotten>,
  before: CountedRequest | undefined,
): void {
  let created = before?.recipientCount ?? 0;
  campaigns.forget(event.data.notification, event, (campaign) => {
    created += campaign?.recipients ?? 0;
    return undefined;
  });
  if (before === undefined) return;
  const { source, category, template, sendAt, sendAtLocal, at } = before;
  const times = { ...(sendAt !== null && { sendAt }), ...(sendAtLocal !== null && { sendAtLocal }), at };
  const key: CountedKey = { day: countedDayOf(times), source: sourceNameOf(source), category, template: template?.template ?? null, channel: null };
  requests.increment(countedId(key, event.stream), { requested: -1, created: -created });
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
