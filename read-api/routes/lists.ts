/** An app's own lists, their members, and how far the notifications that go to one have come. */
import { z } from 'zod';
import { CAMPAIGN_ENDS } from '../../domain/notifications/lists/events.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { listId, notificationId, personId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { CampaignDocument, ListDocument } from '../../projections/read-models/notifications/lists.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { CURSOR, cutPage, limitParam, next } from '../pages.ts';
import { query, refused } from '../query.ts';
import { idField, optionalTimeField, timeField } from '../response-fields.ts';

const MEMBERS_DEFAULT = 500;
const MEMBERS_MAX = 1_000;

const listSchema = z
  .object({
    id: idField('The id of the list.', EXAMPLE.list),
    name: z.string().meta({ description: 'The name that you gave it.', examples: ['Subscribers'] }),
    members: z.int().meta({ description: 'How many members it has.' }),
    createdAt: timeField('When you created it.'),
    changedAt: timeField('When its members changed last.'),
  })
  .meta({ id: 'List' });

const progressSchema = z
  .object({
    notification: idField('The id of the notification.', EXAMPLE.notification),
    list: idField('The list that it goes to.', EXAMPLE.list),
    status: z
      .enum(['scheduled', 'planning', 'paused', 'finished', 'cancelled'])
      .meta({ description: '`scheduled`: it has not begun. `finished`: nothing more is planned; `because` says why.' }),
    because: z
      .enum(CAMPAIGN_ENDS)
      .nullable()
      .meta({ description: 'Why it is finished: everybody is planned, it has expired, the list was removed, or the app disabled. null: it isn’t.' }),
    total: z.int().nullable().meta({ description: 'How many members the list had when it began. null: it has not begun.' }),
    planned: z.int().meta({ description: 'For how many of them deliveries are planned, or suppressed with a reason.' }),
    ratePerMinute: z.int().nullable().meta({ description: 'How many are planned in a minute, at most, if you said so.' }),
    requestedAt: timeField('When you requested it.'),
    changedAt: optionalTimeField('When the last range was planned, or it was paused, resumed or finished. null: it has not begun.'),
  })
  .meta({ id: 'Progress' });

const EXAMPLE_LIST: z.input<typeof listSchema> = { id: EXAMPLE.list, name: 'Subscribers', members: 20_000, createdAt: EXAMPLE.at, changedAt: EXAMPLE.later };
const EXAMPLE_PROGRESS: z.input<typeof progressSchema> = {
  notification: EXAMPLE.notification,
  list: EXAMPLE.list,
  status: 'planning',
  because: null,
  total: 20_000,
  planned: 7_500,
  ratePerMinute: 3_000,
  requestedAt: EXAMPLE.at,
  changedAt: EXAMPLE.later,
};

export function listRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  const shown = async (lists: readonly ListDocument[]) => {
    const sizes = await views.getMany(
      'list-sizes',
      lists.map(({ list }) => list),
    );
    return lists.map((list, i) => listOf(list, sizes[i]?.members ?? 0));
  };
  const ownList = async (list: ListDocument['list'], app: ListDocument['app']) => {
    const found = await views.get('lists', list);
    return found?.app === app && found.status === 'active' ? found : undefined;
  };
  const ofApp = { tag: 'Lists', callers: ['app'], reads: ['lists'] } as const;
  return [
    query(dependencies, {
      ...ofApp,
      path: '/v1/lists',
      operationId: 'getLists',
      summary: 'List the lists of my app',
      description: 'Returns a page of your app’s lists, without their members.',
      example: { lists: [EXAMPLE_LIST], next: null },
      query: z.strictObject({ after: listId.optional().meta({ ...CURSOR, examples: [EXAMPLE.list] }), limit: limitParam() }),
      response: z.object({ lists: z.array(listSchema), next }),
      handle: async ({ caller: { app }, query: { after, limit } }) => {
        const range = after === undefined ? {} : { range: { field: '_id', after } };
        const found = await views.find('lists', { where: { app, status: 'active' }, ...range, order: { _id: 1 }, limit: limit + 1 });
        const page = cutPage(found, limit);
        return { lists: await shown(page.shown), next: page.last?.list ?? null };
      },
    }),

    query(dependencies, {
      ...ofApp,
      path: '/v1/lists/:list',
      operationId: 'getList',
      summary: 'Get a list of my app',
      description: 'Returns a list with the number of its members.',
      example: EXAMPLE_LIST,
      params: z.strictObject({ list: listId }),
      response: listSchema,
      refusals: ['list-unknown'],
      handle: async ({ caller: { app }, params: { list } }) => {
        const found = await ownList(list, app);
        return found === undefined ? refused('list-unknown') : listOf(found, (await views.get('list-sizes', list))?.members ?? 0);
      },
    }),

    query(dependencies, {
      ...ofApp,
      path: '/v1/lists/:list/members',
      operationId: 'getListMembers',
      summary: 'List the members of a list',
      description: 'Returns a page of the ids of a list’s members, in the order of the ids.',
      example: { members: [EXAMPLE.ada], next: null },
      params: z.strictObject({ list: listId }),
      query: z.strictObject({
        after: personId.optional().meta({ ...CURSOR, examples: [EXAMPLE.ada] }),
        limit: limitParam(MEMBERS_DEFAULT, MEMBERS_MAX),
      }),
      response: z.object({ members: z.array(idField('The id of a member.', EXAMPLE.ada)), next }),
      refusals: ['list-unknown'],
      handle: async ({ caller: { app }, params: { list }, query: { after, limit } }) => {
        if ((await ownList(list, app)) === undefined) return refused('list-unknown');
        const range = after === undefined ? {} : { range: { field: 'person', after } };
        const found = await views.pluck('list-members', 'person', { where: { list }, ...range, order: { person: 1 }, limit: limit + 1 });
        const page = cutPage(found, limit);
        return { members: [...page.shown], next: page.last ?? null };
      },
    }),

    query(dependencies, {
      ...ofApp,
      path: '/v1/notifications/:notification/progress',
      operationId: 'getProgress',
      summary: 'Get how far a notification to a list has come',
      description: 'Returns how many members of the list are planned. What became of each, `GET /v1/notifications/{notification}` says.',
      example: EXAMPLE_PROGRESS,
      params: z.strictObject({ notification: notificationId }),
      response: progressSchema,
      refusals: ['notification-unknown'],
      handle: async ({ caller: { app }, params: { notification } }) => {
        const found = await views.get('campaigns', notification);
        return (found?.app === app && progressOf(found)) || refused('notification-unknown');
      },
    }),
  ];
}

const listOf = ({ list: id, name, createdAt, changedAt }: ListDocument, members: number): z.output<typeof listSchema> => ({
  id,
  name,
  members,
  createdAt,
  changedAt,
});

/** undefined: the request isn't in the view yet. */
function progressOf({ list, requestedAt, ...campaign }: CampaignDocument): z.output<typeof progressSchema> | undefined {
  if (list === null || requestedAt === null) return undefined;
  const { notification, because, total, planned, ratePerMinute, changedAt } = campaign;
  return { notification, list, status: statusOf(campaign), because, total, planned, ratePerMinute, requestedAt, changedAt };
}

function statusOf({ status, cancelled, total }: Pick<CampaignDocument, 'status' | 'cancelled' | 'total'>): z.output<typeof progressSchema>['status'] {
  if (status === 'finished') return status;
  if (cancelled) return 'cancelled';
  return status === 'planning' && total === null ? 'scheduled' : status;
}
