/**
 * The spans of everything behind a request: one for each event, below the one that caused it, and one for each attempt at a vendor. They
 * are made of the log, so that commands, workers and gateways need to know nothing of tracing.
 */
import { sealing } from '../../../domain/events.ts';
import type { DeliveryEvent } from '../../../domain/notifications/events.ts';
import { epochMs } from '../../../domain/shared/instant.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
import type { Reactor } from '../../../projections/projection.ts';
import { attemptSpanIdOf, spanIdOf } from './span-ids.ts';
import { isStory, toldStreamOf } from './stories.ts';
import type { Tracing } from './tracing.ts';

/** What Tidings writes for itself belongs to no story. */
const TRACED = Object.keys(sealing).filter((type) => !type.startsWith('operations.'));
export const TRACE_LOG = 'trace-log';
const STARTED = 'notifications.attempt-started.v1';
/** By which of these an attempt is over; a rejection and a lost answer are failures. */
const ENDS: Readonly<Record<string, 'accepted' | 'failed'>> = {
  'notifications.attempt-accepted.v1': 'accepted',
  'notifications.attempt-rejected.v1': 'failed',
  'notifications.retry-scheduled.v1': 'failed',
  'notifications.outcome-unknown.v1': 'failed',
};
/** Stories that are under way. The events of one that was forgotten, or began before this process, are traces of their own. */
const STORIES_MAX = 10_000;

/** How far the story of a stream has come. */
type Story = {
  readonly correlationId: string;
  readonly last: string;
  readonly attempt?: { readonly event: string; readonly atMs: number; readonly vendor: string; readonly span: string } | undefined;
};

export function traceLog({ span }: Pick<Tracing, 'span'>): Reactor<Recorded> {
  const stories = new Map<string, Story>();
  return {
    kind: 'reactor',
    name: TRACE_LOG,
    version: 1,
    handles: TRACED,
    after: [],
    startFrom: 'now',
    react: async (event) => {
      const story = stories.get(event.stream);
      const correlationId = stories.get(toldStreamOf(event) ?? '')?.correlationId ?? correlationOf(event, story);
      const attributes = {
        'tidings.stream': event.stream,
        'tidings.revision': event.revision,
        'tidings.event_id': event.id,
        'tidings.correlation_id': correlationId,
      };
      const atMs = epochMs(event.metadata.at);
      const shared = { correlationId, attributes, endMs: atMs };
      span({ ...shared, id: spanIdOf('event', event.id), parent: parentOf(event, story), name: event.type, kind: 'internal', startMs: atMs });
      const end = ENDS[event.type];
      const attempt = event.type === STARTED ? { event: event.id, atMs, ...attemptIn(event) } : story?.attempt;
      if (end !== undefined && attempt !== undefined) {
        const { event: begun, vendor, span: id, atMs: startMs } = attempt;
        const sent = { ...attributes, 'tidings.vendor': vendor };
        span({
          ...shared,
          id,
          parent: spanIdOf('event', begun),
          name: `send ${vendor}`,
          kind: 'client',
          startMs,
          attributes: sent,
          failed: end === 'failed',
        });
      }
      if (isStory(event.stream)) remember(stories, event.stream, { correlationId, last: event.id, attempt: end === undefined ? attempt : undefined });
    },
  };
}

/** A command of a worker's own has itself as its cause. */
export const isOfNothing = ({ metadata: { $correlationId, $causationId, command } }: Pick<Recorded, 'metadata'>): boolean =>
  $causationId === undefined && $correlationId === command;

const correlationOf = (event: Recorded, story: Story | undefined): string =>
  story !== undefined && isOfNothing(event) ? story.correlationId : event.metadata.$correlationId;

function parentOf(event: Recorded, story: Story | undefined): string | undefined {
  const { $causationId: causation, $correlationId: correlationId } = event.metadata;
  if (causation !== undefined) return spanIdOf('event', causation);
  if (!isOfNothing(event)) return spanIdOf('request', correlationId);
  return story && spanIdOf('event', story.last);
}

function remember(stories: Map<string, Story>, stream: string, story: Story): void {
  stories.delete(stream);
  stories.set(stream, story);
  const [oldest] = stories.keys();
  if (stories.size > STORIES_MAX && oldest !== undefined) stories.delete(oldest);
}

function attemptIn({ stream, data }: Recorded): { readonly vendor: string; readonly span: string } {
  const { vendor, attempt } = data as Extract<DeliveryEvent, { type: typeof STARTED }>['data'];
  return { vendor, span: attemptSpanIdOf(stream, attempt) };
}
