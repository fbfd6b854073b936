/** Workers of an app share the work on a projection's changes: each holds a part, and stores how far it is done. */
import { z } from 'zod';
import type { Caller } from '../../../edge/auth/callers.ts';
import { GROUP_NAME, HOLDER_NAME, OFFERED_PROJECTIONS } from '../../../domain/subscriptions/offered.ts';
import { shareOf } from '../../../domain/subscriptions/events.ts';
import { CURSOR_CHARACTERS_MAX, PART_HELD_MS, PARTS_MAX } from '../../../domain/subscriptions/part-of-work.ts';
import { SECOND_MS } from '../../../domain/shared/instant.ts';
import { partStream } from '../../../domain/shared/streams.ts';
import { refused } from '../../../commands/handling/results.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { refusalOfProjection } from '../../../edge/auth/projection-scopes.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';

const EXAMPLE_CURSOR = 'e~0.48213';
const HELD_SECONDS = PART_HELD_MS / SECOND_MS;

const params = z.strictObject({
  projection: z.enum(OFFERED_PROJECTIONS).meta({ description: 'Whose changes are worked on.', examples: ['messages'] }),
  group: z
    .string()
    .regex(GROUP_NAME, 'must be 1 to 64 small letters, digits and dashes')
    .meta({ description: 'Names the work.', examples: ['search-index'] }),
  part: z.coerce
    .number()
    .int()
    .min(0)
    .max(PARTS_MAX - 1)
    .meta({ description: 'Which part: 0 is the first.', examples: [3] }),
});
const body = z.strictObject({
  of: z
    .int()
    .min(1)
    .max(PARTS_MAX)
    .meta({ description: 'Into how many parts the work is divided. Another number is another division, which begins anew.', examples: [8] }),
  holder: z
    .string()
    .regex(HOLDER_NAME, 'must be 1 to 100 letters, digits, dots, colons, dashes and underscores')
    .meta({ description: 'Names the worker among the others: the same for as long as it lives.', examples: ['worker-7f3a'] }),
  cursor: z
    .string()
    .min(1)
    .max(CURSOR_CHARACTERS_MAX)
    .optional()
    .meta({ description: 'How far the worker has come: the `cursor` behind everything that it has done.', examples: [EXAMPLE_CURSOR] }),
});
const exampleBody = { of: 8, holder: 'worker-7f3a', cursor: EXAMPLE_CURSOR };
const stream = partStream(EXAMPLE.app, shareOf({ projection: 'messages', group: 'search-index', of: 8, part: 3 }));

const appOf = (caller: Extract<Caller, { kind: 'app' }>) => caller.app;

export function partRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const common = {
    tag: 'Projections',
    callers: ['app'],
    scope: 'projections',
    params,
    body,
    limits: [{ limit: limits.parts, by: 'caller' }],
  } as const;
  return [
    command(dependencies, {
      ...common,
      method: 'put',
      path: '/v1/projections/:projection/groups/:group/parts/:part',
      operationId: 'holdPart',
      summary: 'Hold a part of the work on a projection’s changes',
      description: `Takes the part for ${HELD_SECONDS} seconds, or goes on holding it, and stores how far it is done. Responds with the cursor at which to go on: where another worker held the part before, the last that it stored. Send it again every few seconds, and every second in which you have done something.`,
      example: { body: exampleBody, result: { cursor: EXAMPLE_CURSOR, until: EXAMPLE.later }, stream, revision: 12 },
      refusals: ['part-out-of-range', 'part-taken'],
      resultFields: {
        cursor: z
          .string()
          .nullable()
          .meta({ description: 'Where to go on: `after` of the changes. null: from the beginning.', examples: [EXAMPLE_CURSOR] }),
        until: z.iso
          .datetime()
          .nullable()
          .meta({ description: 'Until when you hold it.', examples: [EXAMPLE.later] }),
      },
      execute: async ({ caller, params: { projection, group, part }, body: { of, holder, cursor } }, context) => {
        const refusal = refusalOfPart(caller, projection, part, of);
        if (refusal !== undefined) return { handled: refusal, cursor: null, until: null };
        const { handled, state } = await commands.holdPart(
          { app: appOf(caller), projection, group, of, part, holder, ...(cursor !== undefined && { cursor }) },
          context,
        );
        return { handled, cursor: state.status === 'none' ? null : state.cursor, until: state.status === 'held' ? state.until : null };
      },
    }),
    command(dependencies, {
      ...common,
      method: 'post',
      path: '/v1/projections/:projection/groups/:group/parts/:part/release',
      operationId: 'releasePart',
      summary: 'Release a part',
      description: 'Stores how far the part is done, and lets the next worker take it at once. Who holds it no longer changes nothing.',
      example: { body: exampleBody, stream, revision: 13 },
      refusals: ['part-out-of-range', 'part-taken'],
      execute: async ({ caller, params: { projection, group, part }, body: { of, holder, cursor } }, context) =>
        refusalOfPart(caller, projection, part, of) ??
        (await commands.releasePart({ app: appOf(caller), projection, group, of, part, holder, ...(cursor !== undefined && { cursor }) }, context)),
    }),
  ];
}

function refusalOfPart(caller: Caller, projection: string, part: number, of: number) {
  const scope = refusalOfProjection(caller, projection);
  if (scope !== undefined) return refused(scope.code, scope.facts);
  return part < of ? undefined : refused('part-out-of-range', { part, of });
}
