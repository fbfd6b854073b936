/** The documents of a projection as they change, for workers outside: by the page, and as a stream. */
import { z } from 'zod';
import { GROUP_NAME, OFFERED_PROJECTIONS, type OfferedProjection } from '../../../domain/subscriptions/offered.ts';
import { CURSOR_CHARACTERS_MAX, PARTS_MAX } from '../../../domain/subscriptions/part-of-work.ts';
import type { Refusal } from '../../../domain/shared/decider.ts';
import { SECOND_MS } from '../../../domain/shared/instant.ts';
import type { CallerOf } from '../../../edge/auth/callers.ts';
import { refusalOfProjection, seesPersonalFields } from '../../../edge/auth/projection-scopes.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { wholeNumber } from '../../../edge/fields.ts';
import { respond, route, type Route, type RouteRequest } from '../../../edge/http/routes.ts';
import { readCursor, type ChangesCursor } from '../../../projections/changes/cursor.ts';
import type { ChangeBatch } from '../../../projections/changes/follow-changes.ts';
import { cloudEventOf } from '../../changes/cloud-event.ts';
import { collectChanges, secondsBehind, streamChanges, type FollowedChanges } from '../../changes/follow.ts';
import { wantedChanges, type ChangeView, type WantedChanges } from '../../changes/wanted-changes.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { eventText } from '../../live/live-query.ts';
import { limitParam } from '../../pages.ts';

const WAIT_MAX_SECONDS = 30;
const CHANGES_MAX = 1_000;
const CHANGES_DEFAULT = 100;
const FIELD_CHARACTERS_MAX = 300;
const EXAMPLE_CURSOR = 'e~0.48213';

const EXAMPLE_CHANGE: ChangeView = {
  collection: 'friends',
  id: `${EXAMPLE.ada}:${EXAMPLE.bob}`,
  version: '0001.000000.000000000001',
  change: 'put',
  document: { person: EXAMPLE.ada, friend: EXAMPLE.bob, since: EXAMPLE.at },
};

const number = (min: number, max: number, byDefault: number, description: string) =>
  wholeNumber(min, max)
    .default(byDefault)
    .meta({ description, override: { type: 'integer', pattern: undefined, minimum: min, maximum: max, default: byDefault } });

const params = z.strictObject({ projection: z.enum(OFFERED_PROJECTIONS).meta({ description: 'Whose documents.', examples: ['friends'] }) });
const shared = {
  of: number(1, PARTS_MAX, 1, 'Into how many parts you divide the documents, by their ids.'),
  part: number(0, PARTS_MAX - 1, 0, 'The part that you want: 0 is the first.'),
  collection: z
    .string()
    .max(FIELD_CHARACTERS_MAX)
    .optional()
    .meta({ description: 'Only documents of this collection.', examples: ['friends'] }),
  filter: z
    .string()
    .max(FIELD_CHARACTERS_MAX)
    .optional()
    .meta({
      description:
        'Only documents of the collection with this value in a field that an index has: `field=value`. Those that are changed and have another come as `left`.',
      examples: [`person=${EXAMPLE.ada}`],
    }),
  form: z
    .enum(['plain', 'cloudevents'])
    .default('plain')
    .meta({ description: '`cloudevents`: each change is a CloudEvent 1.0, whose `data` is the document.' }),
  group: z
    .string()
    .regex(GROUP_NAME, 'must be 1 to 64 small letters, digits and dashes')
    .optional()
    .meta({ description: 'Names your work in the operator’s metrics of how far behind it is.', examples: ['search-index'] }),
};
const cursorString = z.string().min(1).max(CURSOR_CHARACTERS_MAX);
const after = cursorString
  .optional()
  .meta({ description: 'The `cursor` up to which you have everything. Without it you begin with every document that there is.', examples: [EXAMPLE_CURSOR] });
const cursorField = cursorString.meta({
  description: 'Behind all of it: store it together with what you made of the changes, and go on with it.',
  examples: [EXAMPLE_CURSOR],
});

const changeSchema = z
  .object({
    collection: z.string(),
    id: z.string().meta({ description: 'Of the document, within its collection.' }),
    version: z.string().meta({
      description: 'Of two versions of a document, the later one is the greater text. You may be told a version again, and never an older one after a newer.',
    }),
    change: z
      .enum(['put', 'removed', 'left'])
      .meta({ description: '`put`: this is the document now. `removed`: it is no more. `left`: it is not, or no longer, what your filter asks for.' }),
    document: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'DocumentChange' });
const cloudEventSchema = z
  .object({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.string(),
    type: z.string(),
    subject: z.string(),
    datacontenttype: z.literal('application/json'),
    tidingsversion: z.string(),
    data: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'DocumentChangeCloudEvent' });
const anyChange = z.union([changeSchema, cloudEventSchema]);

const REFUSALS = [
  'position-invalid',
  'position-of-another-log',
  'changes-cursor-invalid',
  'changes-filter-invalid',
  'part-out-of-range',
  'views-not-ready',
  'views-damaged',
  'log-unavailable',
] as const;

export const changesRoutes = (dependencies: ReadDependencies): readonly Route[] => [pageOf(dependencies), streamOf(dependencies)];

function pageOf(dependencies: ReadDependencies): Route {
  return route({
    method: 'get',
    path: '/v1/projections/:projection/changes',
    operationId: 'getChanges',
    summary: 'List the documents of a projection that have changed',
    description:
      'Returns the documents that have changed since the cursor, as they are now, or waits for one that does. A page may have more than `limit`, for what one event concerns stays together. At least once, and a document never older than before: store the cursor in one transaction with what you make of them. A projection that is built anew goes on where it was.',
    tag: 'Projections',
    example: { response: { changes: [EXAMPLE_CHANGE], cursor: EXAMPLE_CURSOR, caughtUp: true } },
    callers: ['app'],
    scope: 'projections',
    limits: [{ limit: dependencies.limits.changes, by: 'caller' }],
    params,
    query: z.strictObject({
      ...shared,
      after,
      limit: limitParam(CHANGES_DEFAULT, CHANGES_MAX),
      wait: number(0, WAIT_MAX_SECONDS, 0, 'For how many seconds you would wait where nothing has changed.'),
    }),
    responses: {
      200: z.object({
        changes: z.array(anyChange),
        cursor: cursorField,
        caughtUp: z.boolean().meta({ description: 'false: there is more; ask again at once.' }),
      }),
    },
    refusals: REFUSALS,
    handle: async ({ caller, params: { projection }, query, signal }) => {
      const asked = understand(dependencies, caller, projection, query);
      if ('refusal' in asked) return { refusal: asked.refusal };
      const { changes, cursor, caughtUp } = await collectChanges(dependencies, {
        ...asked,
        projection,
        limit: query.limit,
        waitMs: query.wait * SECOND_MS,
        signal,
      });
      const shown = query.form === 'plain' ? changes : changes.map((one) => cloudEventOf(projection, one));
      return respond(200, { changes: shown as never, cursor, caughtUp }); // documents are of any shape
    },
  });
}

type StreamRequest = RouteRequest<CallerOf<'app'>, z.output<typeof params>, z.output<typeof streamParams>, z.output<typeof streamHeaders>>;
const streamParams = z.strictObject({ ...shared, after });
const streamHeaders = z.strictObject({
  'last-event-id': cursorString.optional().meta({ description: 'As `after`: a client that connects again sends it by itself.' }),
});

function streamOf(dependencies: ReadDependencies): Route {
  return route({
    method: 'get',
    path: '/v1/projections/:projection/changes/live',
    operationId: 'followChanges',
    summary: 'Follow the documents of a projection',
    description:
      'Streams the documents that change, from the cursor on. Events are `change`, and `position`, which says that you have everything up to its `id`: at least every 10 seconds, so that a silent stream is a dead one. Only the id of a `position` is a cursor.',
    tag: 'Projections',
    example: { response: eventText('change', EXAMPLE_CHANGE) + `id: ${EXAMPLE_CURSOR}\n${eventText('position', { cursor: EXAMPLE_CURSOR, caughtUp: true })}` },
    callers: ['app'],
    scope: 'projections',
    limits: [{ limit: dependencies.limits.streams, by: 'caller' }],
    params,
    query: streamParams,
    headers: streamHeaders,
    produces: 'text/event-stream',
    responses: {
      200: z.object({ event: z.enum(['change', 'position']), data: z.union([anyChange, z.object({ cursor: cursorField, caughtUp: z.boolean() })]) }),
    },
    responseDescriptions: { 200: 'The stream of `change` and `position`.' },
    refusals: REFUSALS,
    handle: async ({ caller, params: { projection }, query, headers, signal }: StreamRequest) => {
      const asked = understand(dependencies, caller, projection, { ...query, after: headers['last-event-id'] ?? query.after });
      if ('refusal' in asked) return { refusal: asked.refusal };
      return { events: streamChanges(dependencies, { ...asked, projection, signal, form: query.form, isStill: caller.isStill }) };
    },
  });
}

type Query = z.output<typeof streamParams>;
type Asked = Pick<FollowedChanges, 'wanted' | 'after' | 'lag'>;

function understand(
  { positions, clock, reportChangesLag }: ReadDependencies,
  caller: CallerOf<'app'>,
  projection: OfferedProjection,
  query: Query,
): Asked | { readonly refusal: Refusal } {
  const refusal = refusalOfProjection(caller, projection);
  if (refusal !== undefined) return { refusal };
  const wanted = wantedChanges(projection, { ...query, seesPersonalFields: seesPersonalFields(caller) }, clock);
  if (wanted.outcome === 'refused') return { refusal: wanted.refusal };
  const { group = '', part } = query;
  const lag = (batch: ChangeBatch | undefined) => reportChangesLag?.({ projection, group, part, seconds: secondsBehind(batch, clock) });
  if (query.after === undefined) return { wanted: wanted.value, after: undefined, lag };
  const read = readCursor(query.after, positions.positionOf);
  if (read.outcome === 'refused') return { refusal: read.refusal };
  if (read.outcome === 'malformed' || !isOf(read.value, wanted.value)) return { refusal: { code: 'changes-cursor-invalid' } };
  return { wanted: wanted.value, after: read.value, lag };
}

const isOf = ({ listing }: ChangesCursor, { collections }: WantedChanges): boolean => listing === undefined || collections.has(listing.collection);
