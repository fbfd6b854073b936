/** What an operator is told of deliveries, of the funnel and of webhooks, by the operations of the command line, in a system that runs. */
import test from 'ava';
import { LOCAL_OPERATOR } from '../../../domain/operators/roles.ts';
import { DAY_MS, dayOf, HOUR_MS, plus } from '../../../domain/shared/instant.ts';
import { startOutbound } from '../../../ports/outbound/https.ts';
import { startReceiver } from '../../../tests/webhooks/receiver.ts';
import { startDeliveriesForTest } from '../../../workers/notifications/test-fixture.ts';
import { ENDPOINTS_REMEMBERED_MS } from '../../../workers/notifications/webhooks/known-endpoints.ts';
import { ControlFailure, requestSchemas, type ControlOperations, type OperationName, type OperationRequest, type ResponseLines } from '../protocol.ts';
import { createNotificationOperations } from './operations.ts';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** As the command line asks: the request is parsed as it comes. */
async function ask<Name extends OperationName>(operations: ControlOperations, name: Name, request: object): Promise<readonly ResponseLines[Name][]> {
  const parsed = requestSchemas[name].parse(request) as OperationRequest<Name>;
  const operation = operations[name] as ((...asked: readonly unknown[]) => AsyncIterable<ResponseLines[Name]>) | undefined;
  return await Array.fromAsync(operation?.(parsed, new AbortController().signal, LOCAL_OPERATOR) ?? []);
}

test.serial('finds deliveries by every field, with all that happened to them, page after page', async (t) => {
  await using given = await startDeliveriesForTest(3);
  const { work, app, recipients } = given;
  const operations: ControlOperations = createNotificationOperations(work);
  const notification = await given.request();
  await given.untilEnded(notification);
  const [ann] = recipients;
  const listed = await ask(operations, 'list-deliveries', { limit: 50 });
  t.is(listed.length, 3);
  const [first] = await ask(operations, 'list-deliveries', { person: ann, app, limit: 50 });
  t.like(first, { recipient: ann, app, notification, status: 'accepted', attempts: 1, category: 'news' });
  t.is(first?.history.at(-1)?.what, 'attempt-accepted');
  t.deepEqual(
    (await ask(operations, 'list-deliveries', { vendorId: first?.vendorId, limit: 50 })).map(({ delivery }) => delivery),
    [first?.delivery],
  );
  const today = dayOf(first?.plannedAt ?? '');
  t.is((await ask(operations, 'list-deliveries', { statuses: ['accepted', 'failed'], from: today, until: today, limit: 50 })).length, 3);
  t.is((await ask(operations, 'list-deliveries', { statuses: ['failed'], limit: 50 })).length, 0);
  const [newest] = await ask(operations, 'list-deliveries', { limit: 1 });
  t.deepEqual(await ask(operations, 'list-deliveries', { before: newest?.planned, limit: 50 }), listed.slice(1));
});

test.serial('adds up the funnel of all sources, and refuses more days than it counts at once', async (t) => {
  await using given = await startDeliveriesForTest(2);
  const { work, app } = given;
  const operations: ControlOperations = createNotificationOperations(work);
  await given.untilEnded(await given.request());
  const until = dayOf(work.clock());
  const from = dayOf(plus(work.clock(), -DAY_MS));
  t.like((await ask(operations, 'show-funnel', { from, until, by: ['source'] }))[0], { source: `app:${app}`, requested: 1, created: 2, planned: 2, sent: 2 });
  t.like(await ask(operations, 'show-funnel', { from, until, by: [] }), [{ created: 2 }]);
  t.like(await ask(operations, 'show-funnel', { by: ['day'] }), [{ day: until, created: 2 }], 'the last days');
  t.deepEqual(await ask(operations, 'show-funnel', { from, until, source: 'chat', by: ['source'] }), []);
  await t.throwsAsync(ask(operations, 'show-funnel', { from: '2020-01-01', until, by: [] }), { instanceOf: ControlFailure, message: /Ask for 1 to 92 days/ });
  await t.throwsAsync(ask(operations, 'show-funnel', { from: until, until: from, by: [] }), { instanceOf: ControlFailure });
});

test.serial('dead webhook messages are listed and sent again, one by one and all of them, each once', async (t) => {
  await using receiver = await startReceiver();
  await using outbound = startOutbound({ privateNetworks: LOOPBACK, ca: receiver.ca });
  await using given = await startDeliveriesForTest(3, {}, { outbound });
  const { work, app } = given;
  const operations: ControlOperations = createNotificationOperations(work);
  await work.commands.setWebhook({ app, url: receiver.url, events: ['delivery.accepted'] }, work.by(`app:${app}`));
  await work.untilIdle();
  await work.time.advance(ENDPOINTS_REMEMBERED_MS);
  receiver.answer(503);
  await given.untilEnded(await given.request());
  const list = (status: string) => ask(operations, 'list-webhook-messages', { app, status, limit: 50 });
  work.time.setBy(25 * HOUR_MS);
  await work.advanceUntil(async () => (await list('dead')).length === 3, { stepMs: 60_000 });
  const [dead] = await list('dead');
  t.like(dead, { app, event: 'delivery.accepted', status: 'dead', reason: '503' });
  t.is((await ask(operations, 'list-webhook-messages', { status: 'dead', limit: 2 })).length, 2);

  receiver.answer(204);
  t.deepEqual(await ask(operations, 'replay-webhook-messages', { message: dead?.message }), [{ message: dead?.message ?? '', outcome: 'queued' }]);
  await work.advanceUntil(async () => (await list('sent')).length === 1, { stepMs: 60_000 });
  t.deepEqual(await ask(operations, 'replay-webhook-messages', { message: dead?.message }), [{ message: dead?.message ?? '', outcome: 'unchanged' }]);
  t.is((await ask(operations, 'replay-webhook-messages', { app })).length, 2);
  await work.advanceUntil(async () => (await list('sent')).length === 3, { stepMs: 60_000 });
  t.deepEqual(await ask(operations, 'replay-webhook-messages', {}), []);
  await t.throwsAsync(ask(operations, 'replay-webhook-messages', { message: 'none' }), { instanceOf: ControlFailure, message: /no message none/ });
});
