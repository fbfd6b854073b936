/** Read your own writes: a client sends the position of its command, and the query waits until the views have reached it. */
import { z } from 'zod';
import type { Refusal } from '../domain/shared/decider.ts';
import type { RefusalCode } from '../domain/shared/refusals.ts';
import { position } from '../edge/fields.ts';
import type { Position } from '../ports/event-log/port.ts';
import type { ProjectorName } from '../projections/read-models/projectors.ts';
import type { ReadDependencies } from './dependencies.ts';

const description =
  'The `position` from the response to a command. The query waits until it can see the effect of that command, and is refused with `position-not-reached` after a few seconds.';

// A component of the document belongs to one place: the header and the query parameter each have their own.
export const minPositionHeaders = z.object({ 'min-position': position.optional().meta({ param: { id: 'MinPosition' }, description }) });
export const minPositionQuery = z.strictObject({
  'min-position': position.optional().meta({
    param: { id: 'MinPositionInQuery' },
    description: `${description} For clients that can’t send headers, such as a browser’s EventSource.`,
  }),
});

/** `token`: as the client sent it. */
type Wanted = { readonly reads: readonly ProjectorName[]; readonly token: string | undefined; readonly signal: AbortSignal };

/** `reached`: the views of these projections have reached the position, where the client named one. */
type Waited = { readonly outcome: 'reached'; readonly position: Position | undefined } | { readonly outcome: 'refused'; readonly refusal: Refusal };

export const MIN_POSITION_REFUSALS = ['position-not-reached', 'position-invalid', 'position-of-another-log'] as const satisfies readonly RefusalCode[];

export async function waitForPosition(
  { positions, waitForViews, minPositionTimeoutMs }: Pick<ReadDependencies, 'positions' | 'waitForViews' | 'minPositionTimeoutMs'>,
  { reads, token, signal }: Wanted,
): Promise<Waited> {
  if (token === undefined) return { outcome: 'reached', position: undefined };
  const understood = positions.positionOf(token);
  if (understood.outcome === 'refused') return understood;
  const position = understood.value;
  if (await waitForViews(reads, position, { deadlineMs: minPositionTimeoutMs, signal })) return { outcome: 'reached', position };
  return { outcome: 'refused', refusal: { code: 'position-not-reached', facts: { position: token, waitedMs: minPositionTimeoutMs } } };
}
