/** Who must read their own write hands back the position that the command answered, and the query waits until it can be seen. */
import { z } from 'zod';
import 'zod-openapi'; // its names for what `meta` takes
import type { Refusal } from '../domain/shared/decider.ts';
import { position } from '../edge/fields.ts';
import { isPosition } from '../ports/event-log/position.ts';
import type { ReadDependencies } from './dependencies.ts';

export const minPosition = position.optional().meta({
  param: { id: 'MinPosition' },
  description:
    'A position that a command answered: the query waits until it can see what was written there, and is refused with `position-not-reached` after a while.',
});

export const minPositionHeaders = z.object({ 'min-position': minPosition });

type Waiting = { readonly reads: readonly string[]; readonly position: string | undefined; readonly signal: AbortSignal };

/** Undefined: the views of these projections have come so far. */
export async function waitFor(
  { reached, minPositionWaitedMs }: Pick<ReadDependencies, 'reached' | 'minPositionWaitedMs'>,
  { reads, position, signal }: Waiting,
): Promise<Refusal | undefined> {
  if (position === undefined) return undefined;
  if (!isPosition(position)) return { code: 'position-unknown' };
  if (await reached(reads, position, { deadlineMs: minPositionWaitedMs, signal })) return undefined;
  return { code: 'position-not-reached', facts: { position, waitedMs: minPositionWaitedMs } };
}
