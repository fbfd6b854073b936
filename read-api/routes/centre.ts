/** A person's notification centre: the list, what is unread, and all that changes there as a stream. */
import { z } from 'zod';
import { CATEGORIES_READ_MAX } from '../../domain/notifications/centre/centre.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { CallerOf } from '../../edge/auth/callers.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { lastEventId, liveTicket, text } from '../../edge/fields.ts';
import { route, type Route, type RouteRequest } from '../../edge/http/routes.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { followCentre, ITEM_READS } from '../centre/follow-centre.ts';
import { countOf, findItems, findUnread, loadCentre, type FoundItems } from '../centre/items.ts';
import { loadReceived, receivedNotificationSchema, shownItems, type ReceivedNotification } from '../centre/received-notifications.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { boundStreams, eventText, RETRY_AFTER_SECONDS, STREAMS_OF_PERSON_MAX } from '../live/live-query.ts';
import { MIN_POSITION_REFUSALS, minPositionHeaders, minPositionQuery, waitForPosition } from '../min-position.ts';
import { CURSOR, fillPage, limitParam, next } from '../pages.ts';
import { query } from '../query.ts';
import { optionalTimeField } from '../response-fields.ts';

const CATEGORY_CHARACTERS_MAX = 64;
/** So many unread notifications are counted; where there are more, the numbers are of the newest ones. */
const UNREAD_COUNTED_MAX = 100;

const EXAMPLE_RECEIVED: ReceivedNotification = {
  id: EXAMPLE.notification,
  source: 'app',
  category: 'orders',
  content: { title: 'Order 4711', body: 'Your order 4711 is on its way.' },
  data: { kind: 'app', notification: EXAMPLE.notification, app: EXAMPLE.app },
  at: EXAMPLE.at,
  seen: true,
  read: false,
  archived: false,
  status: 'delivered',
  deliveries: [{ id: EXAMPLE.delivery, channel: 'in-app', status: 'delivered', reason: null }],
};

/** `order` of an item. Clients must not parse it. */
const beforeItem = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z_[\w-]{1,64}$/, 'must be the `next` of a page')
  .optional()
  .meta({ ...CURSOR, examples: [`${EXAMPLE.at}_${EXAMPLE.notification}`] });
const category = text(CATEGORY_CHARACTERS_MAX)
  .min(1)
  .optional()
  .meta({ description: 'Only those of this category.', examples: ['orders'] });
const flag = (description: string) =>
  z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: `${description} Default: \`false\`.` });

const countSchema = {
  unread: z.int().meta({ description: 'Those that you haven’t read.' }),
  unseen: z.int().meta({ description: 'Of these, those that came since you opened your notification centre.' }),
};
const countsSchema = z
  .object({
    ...countSchema,
    more: z.boolean().meta({ description: `True: you have more than ${UNREAD_COUNTED_MAX} unread notifications, and the numbers are of the newest ones.` }),
    categories: z
      .array(z.object({ category: z.string(), ...countSchema }))
      .max(UNREAD_COUNTED_MAX)
      .meta({ description: 'The same of each category that has unread ones.' }),
  })
  .meta({ id: 'NotificationCounts' });

const markedSchema = z
  .object({
    seenUpTo: optionalTimeField('All that came until then, you have seen. null: nothing yet.'),
    readUpTo: optionalTimeField('All that came until then, you have read, but for what you have marked as unread since. null: you have never read all.'),
    categories: z
      .array(z.object({ category: z.string(), readUpTo: z.string() }))
      .max(CATEGORIES_READ_MAX)
      .meta({ description: 'Categories that you have read further.' }),
  })
  .meta({ id: 'NotificationsMarked' });
const EXAMPLE_MARKED = { seenUpTo: EXAMPLE.later, readUpTo: EXAMPLE.at, categories: [{ category: 'orders', readUpTo: EXAMPLE.later }] };

const OF_CENTRE = { tag: 'Notifications', callers: ['person'], reads: ITEM_READS } as const;

export const centreRoutes = (dependencies: ReadDependencies): readonly Route[] => [listOf(dependencies), countsOf(dependencies), liveOf(dependencies)];

function listOf(dependencies: ReadDependencies): Route {
  const { views, pageBytesMax } = dependencies;
  return query(dependencies, {
    ...OF_CENTRE,
    path: '/v1/me/notifications',
    operationId: 'getMyNotifications',
    summary: 'List my notifications, newest first',
    description:
      'Returns a page of what stands in your notification centre, with the status of its deliveries to you. Notifications of messages and posts say what these say now; those of withdrawn or deleted ones, of people across a block, of posts of people you mute, of channels you left, and those that were cancelled are left out, so a page may be shorter than `limit`, or empty, though another one follows.',
    example: { notifications: [EXAMPLE_RECEIVED], next: null },
    query: z.strictObject({
      before: beforeItem,
      limit: limitParam(),
      category,
      unread: flag('`true`: only those that you haven’t read.'),
      archived: flag('`true`: those that you have archived, and no others.'),
    }),
    response: z.object({ notifications: z.array(receivedNotificationSchema), next }),
    handle: async ({ caller: { person }, query: { before, limit, category, unread, archived } }) => {
      const centre = await loadCentre(views, person);
      const wanted = { before, limit, category };
      const isArchived = archived === 'true';
      const found: FoundItems =
        unread === 'true' && !isArchived
          ? await findUnread(views, person, centre, wanted)
          : await findItems(views, person, { ...wanted, archived: isArchived });
      const present = async (items: FoundItems['items']) => {
        const loaded = new Map((await loadReceived(dependencies, person, items, centre)).map((received) => [received.id, received]));
        return items.map(({ notification }) => loaded.get(notification));
      };
      const { views: notifications, last } = await fillPage(found.items, { limit, bytesMax: pageBytesMax, present });
      return { notifications, next: last?.order ?? found.next ?? null };
    },
  });
}

function countsOf(dependencies: ReadDependencies): Route {
  const { views } = dependencies;
  return query(dependencies, {
    ...OF_CENTRE,
    path: '/v1/me/notifications/counts',
    operationId: 'getNotificationCounts',
    summary: 'Count my unread notifications',
    description: 'Returns how many notifications you would find unread in your notification centre, and how many of them you haven’t seen, by category too.',
    example: { unread: 3, unseen: 1, more: false, categories: [{ category: 'orders', unread: 3, unseen: 1 }] },
    query: z.strictObject({ category }),
    response: countsSchema,
    handle: async ({ caller: { person }, query: { category } }) => {
      const centre = await loadCentre(views, person);
      const { items, next } = await findUnread(views, person, centre, { limit: UNREAD_COUNTED_MAX + 1, category });
      const shown = await shownItems(dependencies, person, items.slice(0, UNREAD_COUNTED_MAX));
      const categories = [...Map.groupBy(shown, ({ categoryKey }) => categoryKey).values()].map((items) => ({
        category: items[0]?.category ?? '',
        ...countOf(items, centre),
      }));
      return { ...countOf(shown, centre), more: next !== undefined, categories };
    },
  });
}

const liveHeaders = minPositionHeaders.extend({ 'last-event-id': lastEventId.optional() });
const liveParams = minPositionQuery.extend({ 'last-event-id': lastEventId.optional(), ticket: liveTicket.optional() });
type LiveRequest = RouteRequest<CallerOf<'person'>, object, z.output<typeof liveParams>, z.output<typeof liveHeaders>>;

function liveOf(dependencies: ReadDependencies): Route {
  const streams = boundStreams(STREAMS_OF_PERSON_MAX);
  return route({
    method: 'get',
    path: '/v1/me/notifications/live',
    operationId: 'followNotifications',
    summary: 'Follow my notification centre',
    description:
      'Streams what changes in your notification centre: what comes, and what you mark on any device. A client that connects again with the id of the last event, as a browser’s EventSource does by itself, gets all that has changed since. A browser gets in by a ticket (`POST /v1/me/live-tickets`).',
    tag: OF_CENTRE.tag,
    example: { response: eventText('ready', {}) + eventText('notification', EXAMPLE_RECEIVED) + eventText('marked', EXAMPLE_MARKED) },
    callers: OF_CENTRE.callers,
    takesTicket: true,
    headers: liveHeaders,
    query: liveParams,
    limits: [{ limit: dependencies.limits.streams, by: 'caller' }],
    responses: {
      200: z.object({
        event: z.enum(['ready', 'missed', 'notification', 'marked']),
        data: z.union([receivedNotificationSchema, markedSchema, z.strictObject({})]),
      }),
    },
    responseDescriptions: {
      200: 'The stream. `ready` and `missed` are without data: after `ready`, unless you came with the id of an event, and after each `missed`, fetch the list. `notification`: it came, or you marked it. `marked`: you have seen or read all that came until a moment.',
    },
    produces: 'text/event-stream',
    refusals: [...MIN_POSITION_REFUSALS, 'views-not-ready', 'views-damaged'],
    handle: async ({ caller, headers, query, signal }: LiveRequest) => {
      const waited = await waitForPosition(dependencies, { reads: ITEM_READS, token: headers['min-position'] ?? query['min-position'], signal });
      if (waited.outcome === 'refused') return { refusal: waited.refusal };
      const since = sinceOf(dependencies, headers['last-event-id'] ?? query['last-event-id']);
      if (signal.aborted || !streams.open(caller.person as PersonId, signal)) {
        return { refusal: { code: 'rate-limited', facts: { limit: 'open-streams', retryAfterSeconds: RETRY_AFTER_SECONDS } } };
      }
      return { events: followCentre(dependencies, { ...caller, signal, since }) };
    },
  });
}

/** An id of another log says nothing any more: the client is told to fetch the list, as after `ready`. */
function sinceOf({ positions }: ReadDependencies, lastEventId: string | undefined): Position | 'lost' | undefined {
  if (lastEventId === undefined) return undefined;
  const understood = positions.positionOf(lastEventId);
  return understood.outcome === 'understood' ? understood.value : 'lost';
}
