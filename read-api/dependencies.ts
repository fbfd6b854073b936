/** What the routes are made from. */
import type { Instant } from '../domain/shared/instant.ts';
import type { Tokens } from '../edge/auth/tokens.ts';
import type { Broadcast } from '../ports/broadcast/port.ts';
import type { FeedCache } from '../ports/feed-cache/port.ts';
import type { Presence } from '../ports/presence/port.ts';
import type { Reached } from '../projections/query/reached.ts';
import type { ActiveViews } from '../projections/query/read-views.ts';
import type { ReadLimits } from './limits.ts';

export type ReadDependencies = {
  readonly views: ActiveViews;
  readonly reached: Reached;
  readonly feedCache: FeedCache;
  readonly presence: Pick<Presence, 'statusOf'>;
  readonly broadcast: Pick<Broadcast, 'listen'>;
  readonly tokens: Pick<Tokens, 'isActive'>;
  readonly clock: () => Instant;
  readonly limits: ReadLimits;
  /** So long a query waits for the views to come as far as `Min-Position` says. */
  readonly minPositionWaitedMs: number;
  /** How often a stream of events is looked after: does the session still stand? */
  readonly streamLookedAfterMs: number;
};
