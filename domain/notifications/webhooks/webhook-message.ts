/** One message to one app's webhook: queued, tried with growing delays for a day, and then sent or dead. A dead one can be replayed. */
import { accept, refuse, type Decider, type Decision } from '../../shared/decider.ts';
import type { AppId } from '../../shared/ids.ts';
import { DAY_MS, HOUR_MS, plus, SECOND_MS, type Instant } from '../../shared/instant.ts';
import type { WebhookEvent, WebhookMessageEvent, WebhookPayload } from './events.ts';

/** How long it is tried. */
export const WEBHOOK_TRIED_MS = DAY_MS;
const RETRY_BASE_MS = 5 * SECOND_MS;
const RETRY_FACTOR = 3;
const RETRY_CEILING_MS = 2 * HOUR_MS;
/** The delay is drawn at random between this share of it and the whole. */
const RETRY_JITTER_FLOOR = 0.5;

type MessageFacts = {
  readonly app: AppId;
  readonly event: WebhookEvent;
  readonly payload: WebhookPayload;
  readonly occurredAt: Instant;
  /** Attempts that were answered with a failure, or not at all. */
  readonly attempts: number;
};

export type WebhookMessageState =
  | { readonly status: 'none' }
  | (MessageFacts & { readonly status: 'queued'; readonly dueAt: Instant; readonly expiresAt: Instant })
  | (MessageFacts & { readonly status: 'sent' | 'dead' });

type QueuedMessage = Extract<WebhookMessageState, { status: 'queued' }>;

export type WebhookMessageCommand = { readonly message: string; readonly at: Instant } & (
  | ({ readonly type: 'queue' } & Omit<MessageFacts, 'attempts'>)
  | { readonly type: 'succeed'; readonly attempt: number; readonly httpStatus: number }
  /** `random`: from 0 inclusive to 1 exclusive. */
  | { readonly type: 'fail'; readonly attempt: number; readonly reason: string; readonly random: number; readonly retryAfterMs?: number }
  /** It will never be taken. */
  | { readonly type: 'give-up'; readonly reason: string }
  | { readonly type: 'replay' }
);

type CommandOf<Type extends WebhookMessageCommand['type']> = Extract<WebhookMessageCommand, { type: Type }>;

export const webhookMessage: Decider<WebhookMessageState, WebhookMessageCommand, WebhookMessageEvent> = {
  initialState: { status: 'none' },

  evolve: (state, event) => {
    if (event.type === 'notifications.webhook-queued.v1') {
      const { app, event: told, payload, occurredAt, expiresAt, at } = event.data;
      return { status: 'queued', app, event: told, payload, occurredAt, attempts: 0, dueAt: at, expiresAt };
    }
    if (state.status === 'none') return state;
    const { app, event: told, payload, occurredAt, attempts } = state;
    const facts = { app, event: told, payload, occurredAt, attempts };
    switch (event.type) {
      case 'notifications.webhook-retry-scheduled.v1':
        return state.status === 'queued' ? { ...state, attempts: event.data.attempt, dueAt: event.data.retryAt } : state;
      case 'notifications.webhook-sent.v1':
        return { ...facts, status: 'sent' };
      case 'notifications.webhook-dead.v1':
        return { ...facts, status: 'dead' };
      case 'notifications.webhook-replayed.v1':
        return { ...facts, status: 'queued', dueAt: event.data.at, expiresAt: event.data.expiresAt };
    }
  },

  decide: (state, command) => {
    if (command.type === 'queue') return state.status === 'none' ? accept(queuedEvent(command)) : accept();
    if (state.status === 'none') return refuse('webhook-message-unknown');
    const { message, at } = command;
    const { app } = state;
    if (command.type === 'replay') {
      if (state.status !== 'dead') return accept();
      return accept({ type: 'notifications.webhook-replayed.v1', data: { message, app, expiresAt: plus(at, WEBHOOK_TRIED_MS), at } });
    }
    if (state.status !== 'queued') return accept(); // the answer to an attempt that another worker has made meanwhile
    switch (command.type) {
      case 'succeed':
        return accept({ type: 'notifications.webhook-sent.v1', data: { message, app, attempt: command.attempt, status: command.httpStatus, at } });
      case 'fail':
        return fail(state, command);
      case 'give-up':
        return accept({ type: 'notifications.webhook-dead.v1', data: { message, app, reason: command.reason, at } });
    }
  },
};

function queuedEvent({ message, app, event, payload, occurredAt, at }: CommandOf<'queue'>): WebhookMessageEvent {
  return { type: 'notifications.webhook-queued.v1', data: { message, app, event, payload, occurredAt, expiresAt: plus(at, WEBHOOK_TRIED_MS), at } };
}

function fail(state: QueuedMessage, { message, attempt, reason, random, retryAfterMs = 0, at }: CommandOf<'fail'>): Decision<WebhookMessageEvent> {
  const { app, attempts, expiresAt } = state;
  if (attempt <= attempts) return accept();
  const retryAt = plus(at, Math.max(retryDelayMs(attempt, random), Math.min(retryAfterMs, RETRY_CEILING_MS)));
  if (retryAt >= expiresAt) return accept({ type: 'notifications.webhook-dead.v1', data: { message, app, reason, at } });
  return accept({ type: 'notifications.webhook-retry-scheduled.v1', data: { message, app, attempt, reason, retryAt, at } });
}

function retryDelayMs(attempt: number, random: number): number {
  const wholeMs = Math.min(RETRY_BASE_MS * RETRY_FACTOR ** Math.min(attempt - 1, 20), RETRY_CEILING_MS);
  return Math.ceil(wholeMs * (RETRY_JITTER_FLOOR + (1 - RETRY_JITTER_FLOOR) * random));
}
