/** Read your own writes: a client sends the position of its command, and the query waits until the views have reached it. */
import { z } from 'zod';
import type { Refusal } from '../domain/shared/decider.ts';
import { position } from '../edge/fields.ts';
import { isPosition } from '../ports/event-log/position.ts';
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

type Wanted = { readonly reads: readonly ProjectorName[]; readonly position: string | undefined; readonly signal: AbortSignal };

/** Undefined: the views of these projections have reached the position. */
export async function waitForPosition(
  { waitForViews, minPositionTimeoutMs }: Pick<ReadDependencies, 'waitForViews' | 'minPositionTimeoutMs'>,
  { reads, position, signal }: Wanted,
): Promise<Refusal | undefined> {
  if (position === undefined) return undefined;
  if (!isPosition(position)) return { code: 'position-invalid' };
  if (await waitForViews(reads, position, { deadlineMs: minPositionTimeoutMs, signal })) return undefined;
  return { code: 'position-not-reached', facts: { position, waitedMs: minPositionTimeoutMs } };
}
