/** What the OpenAPI documents say of a route to operators: the role that it needs, and the header with their reason. */
import { z } from 'zod';
import { needsReason, OPERATOR_ACTIONS, REASON_CHARACTERS_MAX, recordingOf } from '../../domain/operators/actions.ts';
import { operatorActionOf, REASON_HEADER } from '../http/operator-actions.ts';
import type { Route } from '../http/routes.ts';

export function operatorHeadersOf(route: Route): Readonly<Record<string, z.ZodType>> {
  const action = operatorActionOf(route);
  if (action === undefined || recordingOf(action) === 'never') return {};
  const reason = z.string().max(REASON_CHARACTERS_MAX);
  const description = `Why you do this as an operator, percent-encoded. It is kept in the audit.${needsReason(action) ? ' Operators must send it.' : ''}`;
  return { [REASON_HEADER]: reason.optional().meta({ description, examples: ['Asked%20for%20in%20ticket%204711'] }) };
}

export function operatorSentencesOf(route: Route): readonly string[] {
  const action = operatorActionOf(route);
  return action === undefined ? [] : [`An operator needs the role \`${OPERATOR_ACTIONS[action].role}\` for this.`];
}
