/** The operations about what is sent: their requests and lines. */
import { z } from 'zod';
import { NOTIFICATION_CHANNELS } from '../../../domain/people/notification-channels.ts';
import type { CountedKey } from '../../../projections/read-models/funnel/counted-key.ts';
import type { DeliveryDocument } from '../../../projections/read-models/deliveries.ts';
import type { WebhookMessageDocument } from '../../../projections/read-models/webhooks.ts';
import { DELIVERY_STATUSES } from '../../../projections/view-access/find-deliveries.ts';
import { FUNNEL_DIMENSIONS, type FunnelRow } from '../../../projections/view-access/funnel.ts';
import { appId, dayField, personId, templateId } from '../../../edge/fields.ts';
import { WEBHOOK_MESSAGE_STATUSES } from '../../../projections/read-models/webhooks.ts';
import type { QueueLine } from '../../queues/queue-rates.ts';

const NAME_CHARACTERS_MAX = 1_000;
export const LISTED_MAX = 1_000;
const MEASURED_MS_MAX = 60_000;
export const FUNNEL_DAYS_DEFAULT = 7;

const name = z.string().min(1).max(NAME_CHARACTERS_MAX);
const limit = z.number().int().positive().max(LISTED_MAX);

export const notificationRequests = {
  /** The last planned first; each field that is there narrows the search. */
  'list-deliveries': z.strictObject({
    person: personId.optional(),
    app: appId.optional(),
    /** What the vendor calls the message. */
    vendorId: name.optional(),
    statuses: z.array(z.enum(DELIVERY_STATUSES)).min(1).max(DELIVERY_STATUSES.length).optional(),
    /** Planned on these days, both included. */
    from: dayField.optional(),
    until: dayField.optional(),
    /** `planned` of a line: those planned before it. */
    before: name.optional(),
    limit,
  }),
  'show-funnel': z.strictObject({
    /** Both included: the last `FUNNEL_DAYS_DEFAULT` days up to `until`, which is today where it is absent. */
    from: dayField.optional(),
    until: dayField.optional(),
    /** `app:<id>`, or which of our own products. */
    source: name.optional(),
    category: name.optional(),
    template: templateId.optional(),
    channel: z.enum(NOTIFICATION_CHANNELS).optional(),
    by: z.array(z.enum(FUNNEL_DIMENSIONS)).max(FUNNEL_DIMENSIONS.length),
  }),
  /** `overMs`: over how long a rate is measured, before it is answered. */
  'list-queues': z.strictObject({ overMs: z.number().int().positive().max(MEASURED_MS_MAX) }),
  'list-webhook-messages': z.strictObject({ app: appId.optional(), status: z.enum(WEBHOOK_MESSAGE_STATUSES), limit }),
  /** One message; or without one all dead ones, of the app where one is named. */
  'replay-webhook-messages': z.strictObject({ message: name.optional(), app: appId.optional() }),
} as const;

export type DeliveryLine = Omit<DeliveryDocument, 'aboutChannel' | 'aboutSeq' | 'dueAt' | 'due' | 'attempt'> & { readonly attempts: number };

/** The key’s parts stand beside the counts; those that were not asked by are absent. */
export type FunnelLine = Omit<FunnelRow, 'key'> & { readonly [Of in keyof CountedKey]?: CountedKey[Of] };

export type WebhookMessageLine = Omit<WebhookMessageDocument, 'payload'> & { readonly delivery: string };

/** `unchanged`: it was not dead any more. */
export type ReplayedLine = { readonly message: string; readonly outcome: 'queued' | 'unchanged' };

export type NotificationLines = {
  readonly 'list-deliveries': DeliveryLine;
  readonly 'show-funnel': FunnelLine;
  readonly 'list-queues': QueueLine;
  readonly 'list-webhook-messages': WebhookMessageLine;
  readonly 'replay-webhook-messages': ReplayedLine;
};
