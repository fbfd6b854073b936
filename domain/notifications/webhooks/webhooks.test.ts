import test from 'ava';
import { given } from '../../shared/given-when-then.ts';
import type { AppId, DeliveryId, NotificationId, PersonId } from '../../shared/ids.ts';
import { DAY_MS, instant, msBetween, plus, SECOND_MS } from '../../shared/instant.ts';
import type { WebhookEndpointEvent, WebhookMessageEvent } from './events.ts';
import { webhookEndpoint, WEBHOOK_URL_CHARACTERS_MAX } from './webhook-endpoint.ts';
import { webhookMessage, WEBHOOK_TRIED_MS } from './webhook-message.ts';

const app = 'shop' as AppId;
const at = instant(0);
const url = 'https://shop.example/hook?a=1';
const appState = { status: 'active' } as const;
const set = { type: 'set', app, url, events: ['delivery.delivered'], appState, at } as const;
const wasSet: WebhookEndpointEvent = { type: 'notifications.webhook-set.v1', data: { app, url, events: ['delivery.delivered'], at } };

test('an app sets where it is told of what, once, and removes it', (t) => {
  given(webhookEndpoint)
    .when({ ...set, events: ['delivery.delivered', 'delivery.delivered'] })
    .then(t, wasSet);
  given(webhookEndpoint, wasSet).when(set).then(t);
  const removed: WebhookEndpointEvent = { type: 'notifications.webhook-removed.v1', data: { app, at } };
  given(webhookEndpoint, wasSet).when({ type: 'remove', app, at }).then(t, removed);
  given(webhookEndpoint, wasSet, removed).when({ type: 'remove', app, at }).then(t);
  given(webhookEndpoint, wasSet, removed).when(set).then(t, wasSet);
});

test('a secret is rotated while there is a webhook', (t) => {
  const rotate = { type: 'rotate-secret', app, at } as const;
  given(webhookEndpoint, wasSet).when(rotate).then(t, { type: 'notifications.webhook-secret-rotated.v1', data: { app, at } });
  given(webhookEndpoint).when(rotate).thenRefused(t, 'webhook-unknown');
});

test('an app that is unknown or disabled, and an address that is none, are refused', (t) => {
  given(webhookEndpoint)
    .when({ ...set, appState: { status: 'none' } })
    .thenRefused(t, 'app-unknown');
  given(webhookEndpoint)
    .when({ ...set, appState: { status: 'disabled' } })
    .thenRefused(t, 'app-disabled');
  const tooLong = `https://shop.example/${'a'.repeat(WEBHOOK_URL_CHARACTERS_MAX)}`;
  for (const wrong of ['http://shop.example/', 'shop.example', 'https://a:b@shop.example/', 'https://shop.example/#there', tooLong, '']) {
    given(webhookEndpoint)
      .when({ ...set, url: wrong })
      .thenRefused(t, 'webhook-url-invalid');
  }
});

const message = 'event-1';
const payload = {
  delivery: 'delivery' as DeliveryId,
  notification: 'notification' as NotificationId,
  recipient: 'ann' as PersonId,
  channel: 'email',
  category: 'news',
} as const;
const queue = { type: 'queue', message, app, event: 'delivery.delivered', payload, occurredAt: at, at } as const;
const expiresAt = plus(at, WEBHOOK_TRIED_MS);
const queued: WebhookMessageEvent = {
  type: 'notifications.webhook-queued.v1',
  data: { message, app, event: 'delivery.delivered', payload, occurredAt: at, expiresAt, at },
};
const sent: WebhookMessageEvent = { type: 'notifications.webhook-sent.v1', data: { message, app, attempt: 1, status: 204, at } };
const dead: WebhookMessageEvent = { type: 'notifications.webhook-dead.v1', data: { message, app, reason: '500', at } };
const succeed = { type: 'succeed', message, attempt: 1, httpStatus: 204, at } as const;
const fail = { type: 'fail', message, attempt: 1, reason: '500', random: 1, at } as const;

test('a message is queued and sent once', (t) => {
  given(webhookMessage).when(queue).then(t, queued);
  given(webhookMessage, queued).when(queue).then(t);
  given(webhookMessage, queued).when(succeed).then(t, sent);
  given(webhookMessage, queued, sent).when(succeed).then(t);
  given(webhookMessage, queued, sent).when(fail).then(t);
  given(webhookMessage, queued, dead).when(succeed).then(t);
  given(webhookMessage).when(succeed).thenRefused(t, 'webhook-message-unknown');
});

test('a failure is counted once, and asks for no sooner a try than the receiver does', (t) => {
  const retry = (attempt: number, delayMs: number): WebhookMessageEvent => ({
    type: 'notifications.webhook-retry-scheduled.v1',
    data: { message, app, attempt, reason: '500', retryAt: plus(at, delayMs), at },
  });
  given(webhookMessage, queued)
    .when(fail)
    .then(t, retry(1, 5 * SECOND_MS));
  given(webhookMessage, queued, retry(1, 0)).when(fail).then(t);
  given(webhookMessage, queued, retry(1, 0))
    .when({ ...fail, attempt: 2 })
    .then(t, retry(2, 15 * SECOND_MS));
  given(webhookMessage, queued)
    .when({ ...fail, retryAfterMs: 60_000 })
    .then(t, retry(1, 60_000));
});

test('a message that always fails is tried with growing delays for a day, and is dead then', (t) => {
  for (const random of [0, 0.5, 0.999]) {
    let state = webhookMessage.evolve(webhookMessage.initialState, queued);
    let now = at;
    const delays: number[] = [];
    while (state.status === 'queued') {
      delays.push(msBetween(now, state.dueAt));
      now = state.dueAt;
      const decision = webhookMessage.decide(state, { ...fail, attempt: state.attempts + 1, random, at: now });
      state = decision.outcome === 'accepted' ? decision.events.reduce(webhookMessage.evolve, state) : state;
    }
    t.is(state.status, 'dead');
    t.true(delays.length > 12 && delays.length < 40);
    t.deepEqual(
      delays,
      delays.toSorted((one, other) => one - other),
    );
    t.true(msBetween(at, now) > DAY_MS * 0.9 && msBetween(at, now) <= DAY_MS);
  }
});

test('a dead message is replayed for another day, and no other is', (t) => {
  const later = plus(at, 3 * DAY_MS);
  const replay = { type: 'replay', message, at: later } as const;
  const replayed: WebhookMessageEvent = {
    type: 'notifications.webhook-replayed.v1',
    data: { message, app, expiresAt: plus(later, WEBHOOK_TRIED_MS), at: later },
  };
  given(webhookMessage, queued).when({ type: 'give-up', message, reason: '500', at }).then(t, dead);
  given(webhookMessage, queued, dead).when(replay).then(t, replayed);
  given(webhookMessage, queued, dead, replayed).when(replay).then(t);
  given(webhookMessage, queued, sent).when(replay).then(t);
  given(webhookMessage, queued, dead, replayed)
    .when({ ...succeed, at: later })
    .then(t, { ...sent, data: { ...sent.data, at: later } } as WebhookMessageEvent);
});
