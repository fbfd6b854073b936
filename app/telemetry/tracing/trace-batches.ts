/**
 * How long projections take: a span for each batch. One that is about one story alone stands in it, below its event; any other is a trace of
 * its own, with links to the events that it was made of.
 */
import type { Recorded } from '../../../domain/shared/event.ts';
import type { ProcessedBatch } from '../../../projections/dependencies.ts';
import { spanIdOf } from './span-ids.ts';
import { isOfNothing, TRACE_LOG } from './trace-log.ts';
import type { SpanOf, Tracing } from './tracing.ts';

const LINKS_MAX = 32;

export const traceBatches =
  ({ span, nowMs }: Pick<Tracing, 'span' | 'nowMs'>) =>
  ({ projection, runner, log, ms, events }: ProcessedBatch): void => {
    const [first] = events;
    if (first === undefined || projection.name === TRACE_LOG) return;
    const endMs = nowMs();
    const stories = storiesOf(events);
    const [only] = stories;
    const isOfOne = stories.length === 1 && !events.some(isOfNothing);
    span({
      ...(only !== undefined && isOfOne
        ? { correlationId: only.correlationId, parent: only.id }
        : { correlationId: `batch ${runner} ${first.id}`, links: stories }),
      id: spanIdOf('batch', `${runner} ${first.id}`),
      name: `${projection.kind === 'projector' ? 'project' : 'react'} ${projection.name}@${projection.version}`,
      kind: 'internal',
      startMs: endMs - ms,
      endMs,
      attributes: { 'tidings.projection': projection.name, 'tidings.runner': runner, 'tidings.log': log, 'tidings.events': events.length },
    });
  };

/** The first event of each, of the first that there are. A command of a worker's own tells no story by itself. */
function storiesOf(events: readonly Recorded[]): readonly SpanOf[] {
  const stories = new Map<string, SpanOf>();
  for (const event of events) {
    const { $correlationId: correlationId } = event.metadata;
    if (isOfNothing(event) || stories.has(correlationId)) continue;
    stories.set(correlationId, { correlationId, id: spanIdOf('event', event.id) });
    if (stories.size === LINKS_MAX) break;
  }
  return [...stories.values()];
}
