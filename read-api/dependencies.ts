/** The dependencies of the routes. */
import type { ChannelId, PersonId } from '../domain/shared/ids.ts';
import type { Instant } from '../domain/shared/instant.ts';
import type { Tokens } from '../edge/auth/tokens.ts';
import type { PositionTokens } from '../edge/position-tokens.ts';
import type { FairQueue } from '../edge/overload/fair-queue.ts';
import type { Broadcast } from '../ports/broadcast/port.ts';
import type { Position } from '../ports/event-log/port.ts';
import type { FeedCache } from '../ports/feed-cache/port.ts';
import type { MediaStore } from '../ports/media/port.ts';
import type { Presence } from '../ports/presence/port.ts';
import type { FeedLag } from '../projections/view-access/feed-lag.ts';
import type { WaitForViews } from '../projections/view-access/wait-for-views.ts';
import type { ProjectorName } from '../projections/read-models/projectors.ts';
import type { TidingsViews } from '../projections/view-access/tidings-views.ts';
import type { ReadLimits } from './limits.ts';
import type { MediaUrls } from './media/media-urls.ts';

/**
 * What the log says at this moment, where a view may be late: a person who has just been removed or blocked must see nothing that
 * came after. Asked behind the views, so that nothing they told is newer than the answer.
 */
export type LogFacts = {
  isMember(person: PersonId, channel: ChannelId): Promise<boolean>;
  /** Whether `by` blocks the person. */
  isBlockedBy(person: PersonId, by: PersonId): Promise<boolean>;
  areFriends(one: PersonId, other: PersonId): Promise<boolean>;
  /** Who logs in by this name, however it is typed. */
  personOfLogin(loginName: string): Promise<PersonId | undefined>;
};

export type ReadDependencies = {
  readonly views: TidingsViews;
  readonly positions: PositionTokens;
  readonly waitForViews: WaitForViews<ProjectorName>;
  /** How far a view has come: everything up to there is in it. Undefined where it has not begun. */
  readonly positionOf: (projector: ProjectorName) => Promise<Position | undefined>;
  readonly logFacts: LogFacts;
  readonly feedCache: FeedCache;
  readonly media: Pick<MediaStore, 'read'>;
  readonly mediaUrls: MediaUrls;
  readonly feedLag: FeedLag;
  readonly presence: Pick<Presence, 'statusOf'>;
  readonly broadcast: Pick<Broadcast, 'listen' | 'onGap'>;
  readonly tokens: Pick<Tokens, 'isActive'>;
  readonly clock: () => Instant;
  readonly limits: ReadLimits;
  /** Queries of one caller wait behind each other. */
  readonly turns: FairQueue;
  /** The JSON of a page's rows: a page ends early where they would be longer. */
  readonly pageBytesMax: number;
  /** How long a query waits for the views to reach `Min-Position`. */
  readonly minPositionTimeoutMs: number;
  /** How often an open stream of events checks that its session is still active. */
  readonly sessionCheckMs: number;
};
