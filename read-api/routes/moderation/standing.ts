/** What moderators have decided about the caller's account. */
import { z } from 'zod';
import { caseOf } from '../../../domain/moderation/subject.ts';
import { VIOLATIONS } from '../../../domain/moderation/violations.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import type { Route } from '../../../edge/http/routes.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { query } from '../../query.ts';
import { timeField } from '../../response-fields.ts';

const suspension = z.object({
  since: timeField('When it was decided.'),
  until: timeField('When it ends by itself. null: when it is lifted.').nullable(),
  violation: z.enum(VIOLATIONS).nullable().meta({ description: 'What it is for.' }),
  statement: z.string().nullable().meta({ description: 'What the moderators say to it.' }),
  appealed: z.boolean().meta({ description: 'Whether you have appealed against it.' }),
});

export function standingRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  return [
    query(dependencies, {
      callers: ['person'],
      tag: 'Settings',
      path: '/v1/me/standing',
      operationId: 'getStanding',
      summary: 'Get my standing',
      description: 'Returns whether your account is suspended, why, and until when.',
      example: { suspension: { since: EXAMPLE.at, until: EXAMPLE.later, violation: 'spam', statement: null, appealed: false } },
      response: z.object({ suspension: suspension.nullable().meta({ description: 'null: you can write.' }) }),
      reads: ['moderation'],
      handle: async ({ caller: { person }, at: now }) => {
        const [standing, known] = await Promise.all([views.get('standings', person), views.get('cases', caseOf({ kind: 'person', person }))]);
        if (standing === undefined || !standing.suspended || (standing.until !== null && standing.until <= now)) return { suspension: null };
        const { at: since, until, violation, statement } = standing;
        const appealedAt = known?.appealedAt ?? null;
        return { suspension: { since, until, violation, statement, appealed: appealedAt !== null && appealedAt >= since } };
      },
    }),
  ];
}
