/** The dependencies of the routes. */
import type { OpenArchive } from '../domain/exports/layout.ts';
import type { MessagesEvent } from '../domain/chat/events.ts';
import type { Recorded } from '../domain/shared/event.ts';
import type { Privacy } from '../domain/people/preferences/privacy.ts';
import type { ChannelId, ExportId, PersonId } from '../domain/shared/ids.ts';
import type { Instant } from '../domain/shared/instant.ts';
import type { Tokens } from '../edge/auth/tokens.ts';
import type { PositionTokens } from '../edge/position-tokens.ts';
import type { FairQueue } from '../edge/overload/fair-queue.ts';
import type { Broadcast } from '../ports/broadcast/port.ts';
import type { CacheTallies } from '../ports/cache-tallies.ts';
import type { Position } from '../ports/event-log/port.ts';
import type { JobQueue } from '../ports/job-queue/port.ts';
import type { FeedCache } from '../ports/feed-cache/port.ts';
import type { MediaStore } from '../ports/media/port.ts';
import type { Presence } from '../ports/presence/port.ts';
import type { ProjectionChanges } from '../projections/changes/follow-changes.ts';
import type { FeedLag } from '../projections/view-access/feed-lag.ts';
import type { WaitForViews } from '../projections/view-access/wait-for-views.ts';
import type { ProjectorName } from '../projections/read-models/projectors.ts';
import type { TidingsViews } from '../projections/view-access/tidings-views.ts';
import type { ReadLimits } from './limits.ts';
import type { ExportUrls } from './media/export-urls.ts';
import type { MediaUrls } from './media/media-urls.ts';

/**
 * What the log says at this moment, where a view may be late: a person who has just been removed or blocked must see nothing that
 * came after. Asked behind the views, so that nothing they told is newer than the answer.
 */
export type LogFacts = {
  isMember(person: PersonId, channel: ChannelId): Promise<boolean>;
  /** The first `seq` that the person may read; undefined for who is no member. */
  readsFrom(person: PersonId, channel: ChannelId): Promise<number | undefined>;
  roleOf(person: PersonId, channel: ChannelId): Promise<'owner' | 'admin' | 'member' | undefined>;
  /** Of these people, the members who may read that `seq`. */
  readersAmong(people: readonly PersonId[], channel: ChannelId, seq: number): Promise<readonly PersonId[]>;
  /** Messages that are pinned there, the newest last. */
  pinnedIn(channel: ChannelId): Promise<readonly number[]>;
  /** Whether `by` blocks the person. */
  isBlockedBy(person: PersonId, by: PersonId): Promise<boolean>;
  areFriends(one: PersonId, other: PersonId): Promise<boolean>;
  /** What the person lets others learn. */
  privacyOf(person: PersonId): Promise<Privacy>;
  /** Who logs in by this name, however it is typed. */
  personOfLogin(loginName: string): Promise<PersonId | undefined>;
};

export type ChangesLag = { readonly projection: string; readonly group: string; readonly part: number; readonly seconds: number | undefined };

export type ReadDependencies = {
  readonly views: TidingsViews;
  readonly positions: PositionTokens;
  readonly waitForViews: WaitForViews<ProjectorName>;
  /** How far a view has come: everything up to there is in it. Undefined where it has not begun. */
  readonly positionOf: (projector: ProjectorName) => Promise<Position | undefined>;
  readonly logFacts: LogFacts;
  /** The event of a channel's messages at a seq, as the log has it. */
  readonly messageAt: (channel: ChannelId, seq: number) => Promise<Recorded<MessagesEvent> | undefined>;
  readonly feedCache: FeedCache;
  readonly caches?: CacheTallies;
  readonly media: Pick<MediaStore, 'read'>;
  readonly mediaUrls: MediaUrls;
  readonly exportUrls: ExportUrls;
  /** The public VAPID key, where pushes go to browsers. */
  readonly webPushKey?: string | undefined;
  /** Of an export that is ready, as the log has it; undefined for any other. */
  readonly openArchive: (id: ExportId) => Promise<OpenArchive | undefined>;
  readonly changes: ProjectionChanges;
  /** How far behind a subscriber of changes is; `seconds` is undefined once it is gone. */
  readonly reportChangesLag?: (lag: ChangesLag) => void;
  readonly feedLag: FeedLag;
  readonly presence: Pick<Presence, 'statusOf' | 'deliveredTo'>;
  readonly broadcast: Pick<Broadcast, 'listen' | 'onGap'>;
  /** Takes wishes that a channel be indexed; nothing else is written here. */
  readonly jobs: Pick<JobQueue, 'add'>;
  /** Keys the names of the terms that messages are searched by. */
  readonly searchSecret: Uint8Array;
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
