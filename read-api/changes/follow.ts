/** Follows a projection's changes for one request: as a page that ends, or as a stream that doesn't. */
import { SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import type { OfferedProjection } from '../../domain/subscriptions/offered.ts';
import type { ServerSentEvent } from '../../edge/http/server-sent-events.ts';
import { writeCursor, type ChangesCursor } from '../../projections/changes/cursor.ts';
import type { ChangeBatch } from '../../projections/changes/follow-changes.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { pollUntil } from '../live/poll-until.ts';
import { jsonBytesOf } from '../pages.ts';
import { cloudEventOf } from './cloud-event.ts';
import type { ChangeView, WantedChanges } from './wanted-changes.ts';

/** How often a stream says how far it is, while nothing changes and while much does. */
const HEARTBEAT_MS = 10 * SECOND_MS;
const POSITION_MS = SECOND_MS;

export type FollowedChanges = {
  readonly projection: OfferedProjection;
  readonly wanted: WantedChanges;
  readonly after: ChangesCursor | undefined;
  /** Told how far behind the subscriber is; undefined once it is gone. */
  readonly lag: (batch: ChangeBatch | undefined) => void;
  readonly signal: AbortSignal;
};

/** Undefined where the subscriber is gone. */
export const secondsBehind = (batch: ChangeBatch | undefined, clock: () => Instant): number | undefined =>
  batch === undefined ? undefined : batch.caughtUp || batch.at === undefined ? 0 : Math.max(0, (Date.parse(clock()) - Date.parse(batch.at)) / SECOND_MS);

export const cursorText = ({ positions }: ReadDependencies, cursor: ChangesCursor): string => writeCursor(cursor, positions.tokenOf);

/** Until there are so many or so much, or nothing more for now; where nothing has changed, after having waited. */
export async function collectChanges(
  dependencies: ReadDependencies,
  { wanted, after, lag, projection, limit, waitMs, signal }: FollowedChanges & { readonly limit: number; readonly waitMs: number },
) {
  const changes: ChangeView[] = [];
  const stop = new AbortController();
  let cursor = after;
  let caughtUp = false;
  let bytes = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const either = AbortSignal.any([signal, stop.signal]);
  let ended: ChangeBatch | undefined;
  let told = after && cursorText(dependencies, after);
  for await (const batch of dependencies.changes.follow(projection, { after, ...wanted, signal: either })) {
    const views = batch.changes.map(wanted.view);
    changes.push(...views);
    bytes += views.reduce((sum, one) => sum + jsonBytesOf(one), 0);
    ({ cursor, caughtUp } = batch);
    ended = batch;
    // What goes together has one cursor behind it: after a page that ended before, the next one would begin with the same again.
    const now = cursorText(dependencies, cursor);
    const isTold = now !== told;
    told = now;
    if (isTold && (changes.length >= limit || bytes >= dependencies.pageBytesMax)) break;
    if (!caughtUp) continue;
    if (changes.length > 0 || waitMs === 0) break;
    waiting ??= setTimeout(() => stop.abort(), waitMs);
  }
  clearTimeout(waiting);
  stop.abort();
  lag(ended);
  return { changes, cursor: cursorText(dependencies, cursor ?? { position: undefined }), caughtUp };
}

/** `isStill`: whether the subscriber still has its key; the stream ends with it. */
type Streaming = FollowedChanges & { readonly form: 'plain' | 'cloudevents'; readonly isStill: () => Promise<boolean> };

export async function* streamChanges(
  dependencies: ReadDependencies,
  { wanted, after, lag, projection, signal, form, isStill }: Streaming,
): AsyncIterable<ServerSentEvent> {
  const stop = new AbortController();
  using revoked = pollUntil(async () => !(await isStill()), dependencies.sessionCheckMs);
  const batches = dependencies.changes.follow(projection, { after, ...wanted, signal: AbortSignal.any([signal, stop.signal, revoked.signal]) });
  let cursor = after;
  let caughtUp = false;
  let toldMs = -POSITION_MS;
  const position = (): ServerSentEvent => {
    toldMs = performance.now();
    const text = cursor === undefined ? undefined : cursorText(dependencies, cursor);
    return { event: 'position', data: { cursor: text ?? null, caughtUp }, ...(text !== undefined && { id: text }) };
  };
  try {
    for (let next = batches.next(); ;) {
      const batch = await within(next, HEARTBEAT_MS);
      if (batch === 'late') {
        if (cursor !== undefined) yield position();
        continue;
      }
      if (batch.done === true) return;
      next = batches.next();
      for (const change of batch.value.changes) {
        if (revoked.signal.aborted) return;
        const view = wanted.view(change);
        yield { event: 'change', data: form === 'plain' ? view : cloudEventOf(projection, view) };
      }
      const wasCaughtUp = caughtUp;
      ({ cursor, caughtUp } = batch.value);
      lag(batch.value);
      if ((caughtUp && !wasCaughtUp) || performance.now() - toldMs >= POSITION_MS) yield position();
    }
  } finally {
    stop.abort();
    lag(undefined);
  }
}

async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | 'late'> {
  const timer = Promise.withResolvers<'late'>();
  const timeout = setTimeout(() => timer.resolve('late'), ms);
  try {
    return await Promise.race([promise, timer.promise]);
  } finally {
    clearTimeout(timeout);
  }
}
