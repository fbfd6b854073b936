/** The notification centre as a stream: what comes and what is marked, and what a client missed while it was away. */
import test from 'ava';
import type { NotificationId, PersonId } from '../../domain/shared/ids.ts';
import { instant, MINUTE_MS } from '../../domain/shared/instant.ts';
import { positionTokens } from '../../edge/position-tokens.ts';
import { startMemoryBroadcast } from '../../ports/broadcast/memory.ts';
import { FIRST_EPOCH, type Position } from '../../ports/event-log/port.ts';
import { sortable } from '../../ports/event-log/position.ts';
import { givenReadApi } from '../test-fixture.ts';
import { follow, waitUntil, type StreamEvent } from '../testing/follow.ts';
import { CHANGES_MAX, followCentre } from './follow-centre.ts';
import { receivedNotificationSchema } from './received-notifications.ts';

const PATH = '/v1/me/notifications/live';

async function startFollowing(config: Parameters<typeof givenReadApi>[0] = {}) {
  const api = await givenReadApi(config);
  const { commands, by } = api.work;
  const ada = await api.person('Ada');
  const shop = await api.app(ada);
  await api.work.untilIdle();
  const notify = async (body = 'Hello'): Promise<NotificationId> => {
    const request = { source: { kind: 'app', app: shop.app }, recipients: [ada.person], category: 'news', content: { body } } as const;
    return (await api.expectSuccess(commands.requestNotification(request, by(`app:${shop.app}`)))).id;
  };
  const mark = (notification: NotificationId, mark: 'read' | 'archived') =>
    api.expectSuccess(commands.markNotification({ person: ada.person, notification, mark }, by(ada.person)));
  const open = async (headers: Readonly<Record<string, string>> = {}) => {
    const stream = await follow(api, ada, PATH, headers);
    await waitUntil(() => stream.events.length >= 1);
    return stream;
  };
  return { api, ada, notify, mark, open, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() };
}

const lastIdOf = (events: readonly StreamEvent[]): string => events.findLast(({ id }) => id !== undefined)?.id ?? '';
const told = (events: readonly StreamEvent[]) => events.filter(({ event }) => event === 'notification').map(({ data }) => data);

test('what comes and what is marked on any device comes into an open stream, each change once', async (t) => {
  await using centre = await startFollowing();
  const { commands, by, clock } = centre.api.work;
  const stream = await centre.open();
  const id = await centre.notify();
  await waitUntil(() => told(stream.events).length === 1);
  t.like(told(stream.events)[0], { id, content: { body: 'Hello' }, read: false, status: 'delivered' } as object);
  t.notThrows(() => receivedNotificationSchema.parse(told(stream.events)[0]));
  await centre.mark(id, 'read');
  await waitUntil(() => told(stream.events).length === 2);
  t.like(told(stream.events)[1], { id, read: true } as object);
  await centre.api.expectSuccess(commands.markNotificationsSeen({ person: centre.ada.person, upTo: clock() }, by(centre.ada.person)));
  await waitUntil(() => stream.events.some(({ event }) => event === 'marked'));
  t.like(stream.events.find(({ event }) => event === 'marked')?.data as object, { seenUpTo: clock(), readUpTo: null, categories: [] });
  await centre.api.work.untilIdle();
  t.deepEqual(
    stream.events.map(({ event }) => event),
    ['ready', 'notification', 'notification', 'marked'],
  );
  stream.leave();
});

test('a client that comes again gets all that changed since its last event, and nothing twice', async (t) => {
  await using centre = await startFollowing();
  const before = await centre.notify('before');
  await centre.api.work.untilIdle();
  const stream = await centre.open();
  const known = await centre.notify('known');
  await waitUntil(() => told(stream.events).length === 1);
  stream.leave();
  const missed = await centre.notify('missed');
  await centre.mark(before, 'archived');
  await centre.api.work.untilIdle();
  const again = await centre.open({ 'last-event-id': lastIdOf(stream.events) });
  await waitUntil(() => told(again.events).length === 2);
  t.deepEqual(
    told(again.events)
      .map(({ id }) => id as NotificationId)
      .toSorted(),
    [before, missed].toSorted(),
  );
  const next = await centre.notify('next');
  await waitUntil(() => told(again.events).length === 3);
  t.is(told(again.events)[2]?.id, next);
  t.false(told(again.events).some(({ id }) => id === known));
  again.leave();
  const last = await centre.open({ 'last-event-id': lastIdOf(again.events) });
  await centre.notify('one more');
  await waitUntil(() => told(last.events).length === 1);
  t.deepEqual(
    last.events.map(({ event }) => event),
    ['ready', 'notification'],
  );
  last.leave();
});

test('a hint that is lost delays what came until the next look, and loses nothing', async (t) => {
  await using centre = await startFollowing({ sessionCheckMs: 50 });
  const { work } = centre.api;
  const stream = await centre.open();
  await work.untilIdle();
  const { commands, by } = work;
  const id = await centre.notify();
  await waitUntil(() => told(stream.events).length === 1);
  work.time.setBy(-2 * MINUTE_MS);
  const context = by(centre.ada.person);
  work.time.setBy(2 * MINUTE_MS);
  const hints: string[] = [];
  using _ = work.broadcast.listen(centre.ada.person, ({ kind }) => void hints.push(kind as string));
  await commands.markNotification({ person: centre.ada.person, notification: id, mark: 'read' }, context);
  await waitUntil(() => told(stream.events).length === 2);
  t.like(told(stream.events)[1], { id, read: true } as object);
  t.deepEqual(hints, [], 'what is so old is not hinted');
  stream.leave();
});

test('where too much has changed, or the id is of another log, the client is told to fetch the list', async (t) => {
  await using centre = await startFollowing();
  const stream = await centre.open();
  const first = lastIdOf(stream.events);
  stream.leave();
  for (let i = 0; i <= CHANGES_MAX; i++) await centre.notify(`${i}`);
  await centre.api.work.untilIdle();
  const again = await centre.open({ 'last-event-id': first });
  await waitUntil(() => again.events.length >= 2);
  t.deepEqual(
    again.events.map(({ event }) => event),
    ['ready', 'missed'],
  );
  again.leave();
  const other = await centre.open({ 'last-event-id': '1764417600-0.1' });
  t.deepEqual(other.events.map(({ event }) => event).slice(0, 1), ['ready']);
  await waitUntil(() => other.events.length >= 2);
  t.is(other.events[1]?.event, 'missed');
  other.leave();
});

test('a browser gets in by a ticket for a minute, and no longer than its session lasts', async (t) => {
  await using centre = await startFollowing();
  const { api, ada } = centre;
  const { ticket } = await api.tokens.issueTicket(ada);
  const path = `${PATH}?ticket=${ticket}`;
  const stream = await follow(api, 'anonymous', path);
  t.is(stream.status, 200);
  const id = await centre.notify();
  await waitUntil(() => told(stream.events).length === 1);
  const again = await follow(api, 'anonymous', `${path}&last-event-id=${encodeURIComponent(stream.events[0]?.id ?? '')}`);
  await waitUntil(() => told(again.events).length === 1);
  t.is(told(again.events)[0]?.id, id);
  again.leave();

  const code = async (where: string, as: Parameters<typeof api.request>[0] = 'anonymous') => (await api.request(as, where)).body.code;
  t.is(await code(`/v1/me/notifications?ticket=${ticket}`), 'token-missing', 'tickets open streams alone');
  t.is(await code(`${PATH}?ticket=${ada.token}`), 'token-invalid', 'a token is no ticket');
  t.is(await code(PATH, { ...ada, token: ticket }), 'token-invalid', 'a ticket is no token');
  await api.work.time.advance(MINUTE_MS + 1_000);
  t.is(await code(path), 'token-expired');
  const { ticket: second } = await api.tokens.issueTicket(ada);
  await api.work.commands.logOut(ada, api.work.clock());
  t.is(await stream.ended, 'ended', 'the stream outlives its ticket, and not its session');
  api.tokens.forget(ada.session);
  t.is(await code(`${PATH}?ticket=${second}`), 'session-ended');
});

test('a shard of the view that is behind the others holds nothing back, and what it brings late is told', async (t) => {
  const ada = 'ada' as PersonId;
  await using broadcast = await startMemoryBroadcast();
  const rows: object[] = [];
  let reached = '0.5_1.5' as Position;
  const comes = (name: string, position: string) => {
    const at = instant(0);
    const row = { _id: `${ada}:${name}`, person: ada, notification: name, category: 'account-security', at, order: `${at}_${name}`, item: {}, archived: false };
    rows.push({ ...row, position: sortable(position as Position) });
    broadcast.publish([ada], { kind: 'notification', notification: name as NotificationId });
  };
  const find = async (collection: string, { range }: { readonly range?: { readonly after?: string; readonly before?: string } }) =>
    rows.filter((row) => {
      const { position } = row as { readonly position: string };
      return collection === 'centre-items' && position > (range?.after ?? '') && position < (range?.before ?? '~');
    });
  const getMany = async (collection: string, ids: readonly string[]) =>
    ids.map(() =>
      collection === 'notifications' ? { cancelled: false, source: { kind: 'security', notice: 'password-changed' }, template: null } : undefined,
    );
  const dependencies = {
    broadcast,
    clock: () => instant(0),
    tokens: { isActive: async () => true },
    sessionCheckMs: 60_000,
    views: { find, getMany, get: async () => undefined },
    positions: positionTokens(FIRST_EPOCH),
    positionOf: async () => reached,
    waitForViews: async () => true,
  } as unknown as Parameters<typeof followCentre>[0];
  const stopping = new AbortController();
  const follower = { person: ada, session: 's', signal: stopping.signal };
  const events: { readonly event: string; readonly name: string | undefined; readonly id: string | undefined }[] = [];
  const following = (async () => {
    for await (const { event, data, id } of followCentre(dependencies, follower)) events.push({ event, name: (data as { readonly id?: string }).id, id });
  })();
  await waitUntil(() => events.length === 1);
  comes('ahead', '0.10');
  await waitUntil(() => events.length === 2);
  reached = '0.12_1.5' as Position;
  comes('late', '0.8');
  comes('elsewhere', '1.6');
  await waitUntil(() => events.length === 4);
  t.deepEqual(
    events.map(({ name }) => name),
    [undefined, 'ahead', 'late', 'elsewhere'],
  );
  t.is(events[1]?.id, '0.5_1.5', 'who comes again with it is told of what is still to come below 0.10');
  t.is(events.at(-1)?.id, '0.12_1.5');
  stopping.abort();
  await following;
});
