/**
 * Streams that tell one story from their first event to their last: workers carry a delivery or a webhook's message on by commands of their
 * own, which know no cause. What has none there belongs to the event before it in the stream.
 */
import { categoryOf } from '../../../domain/deciders.ts';
import type { WebhookMessageEvent } from '../../../domain/notifications/webhooks/events.ts';
import { deliveryStream } from '../../../domain/shared/streams.ts';

const CATEGORIES: ReadonlySet<string> = new Set(['delivery', 'webhook']);

export const isStory = (stream: string): boolean => CATEGORIES.has(categoryOf(stream));

const QUEUED = 'notifications.webhook-queued.v1';

/** A webhook's message tells of a delivery, and goes on with the story of that. The stream of the delivery, of the message's first event. */
export function toldStreamOf({ type, data }: { readonly type: string; readonly data: object }): string | undefined {
  if (type !== QUEUED) return undefined;
  return deliveryStream((data as Extract<WebhookMessageEvent, { type: typeof QUEUED }>['data']).payload.delivery);
}
