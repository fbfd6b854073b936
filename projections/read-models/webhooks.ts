/** Apps' webhooks, and every message to one of them: those that are tried, and the dead ones, which can be replayed. */
import type { WebhookEndpointEvent, WebhookEvent, WebhookMessageEvent, WebhookPayload } from '../../domain/notifications/webhooks/events.ts';
import type { AppId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { Projector } from '../projection.ts';

/** Id: the app. */
export type WebhookEndpointDocument = {
  readonly app: AppId;
  readonly status: 'set' | 'removed';
  readonly url: string | null;
  readonly events: readonly WebhookEvent[];
};

export const WEBHOOK_MESSAGE_STATUSES = ['queued', 'sent', 'dead'] as const;

/** Id: the message. */
export type WebhookMessageDocument = {
  readonly message: string;
  readonly app: AppId;
  readonly event: WebhookEvent;
  readonly payload: WebhookPayload;
  readonly status: (typeof WEBHOOK_MESSAGE_STATUSES)[number];
  /** Attempts that have failed. */
  readonly attempts: number;
  /** Of the last one that failed. */
  readonly reason: string | null;
  /** When it is tried next, while it is queued; else when it was sent or given up. */
  readonly dueAt: Instant;
  readonly occurredAt: Instant;
};

type Documents = { readonly 'webhook-endpoints': WebhookEndpointDocument; readonly 'webhook-messages': WebhookMessageDocument };

export const webhooks = {
  kind: 'projector',
  name: 'webhooks',
  version: 1,
  handles: [
    'notifications.webhook-set.v1',
    'notifications.webhook-removed.v1',
    'notifications.webhook-queued.v1',
    'notifications.webhook-retry-scheduled.v1',
    'notifications.webhook-sent.v1',
    'notifications.webhook-dead.v1',
    'notifications.webhook-replayed.v1',
  ],
  indexes: {
    'webhook-endpoints': [{ fields: ['app', '_id'] }],
    'webhook-messages': [
      { fields: ['app', 'status', 'dueAt'] },
      { fields: ['app', 'status', '_id'] },
      { fields: ['status', 'dueAt'] },
      { fields: ['status', '_id'] },
    ],
  },

  project: (event, { 'webhook-endpoints': endpoints, 'webhook-messages': messages }) => {
    switch (event.type) {
      case 'notifications.webhook-set.v1': {
        const { app, url, events } = event.data;
        endpoints.update(app, event, () => ({ app, status: 'set', url, events }));
        return;
      }
      case 'notifications.webhook-removed.v1': {
        const { app } = event.data;
        endpoints.update(app, event, () => ({ app, status: 'removed', url: null, events: [] }));
        return;
      }
      case 'notifications.webhook-queued.v1': {
        const { message, app, event: told, payload, occurredAt, at } = event.data;
        const queued = { message, app, event: told, payload, status: 'queued', attempts: 0, reason: null, dueAt: at, occurredAt } as const;
        messages.update(message, event, () => queued);
        return;
      }
      case 'notifications.webhook-retry-scheduled.v1': {
        const { message, attempt, reason, retryAt } = event.data;
        messages.update(message, event, (before) => before && { ...before, attempts: attempt, reason, dueAt: retryAt });
        return;
      }
      case 'notifications.webhook-sent.v1': {
        const { message, at } = event.data;
        messages.update(message, event, (before) => before && { ...before, status: 'sent', dueAt: at });
        return;
      }
      case 'notifications.webhook-dead.v1': {
        const { message, reason, at } = event.data;
        messages.update(message, event, (before) => before && { ...before, status: 'dead', reason, dueAt: at });
        return;
      }
      case 'notifications.webhook-replayed.v1': {
        const { message, at } = event.data;
        messages.update(message, event, (before) => before && { ...before, status: 'queued', dueAt: at });
      }
    }
  },
} as const satisfies Projector<Exclude<WebhookEndpointEvent, { type: 'notifications.webhook-secret-rotated.v1' }> | WebhookMessageEvent, Documents>;
