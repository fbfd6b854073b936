/**
 * A person's notification centre as a stream of what changes there. The stream reads the view, and a hint only makes it look at once: so a
 * client that comes again with the id of the last event gets everything that has changed since, whoever it is connected to, and a hint that
 * is lost delays an event and loses none.
 */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { ServerSentEvent } from '../../edge/http/server-sent-events.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { Outage } from '../../ports/outage.ts';
import { covers, logsIn, merge, offsetIn, positionAt, positionOfSortable, sortable } from '../../ports/event-log/position.ts';
import type { CentreDocument, CentreItemDocument } from '../../projections/read-models/centre.ts';
import type { ProjectorName } from '../../projections/read-models/projectors.ts';
import type { FoundDocument } from '../../projections/view-access/active-views.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { listenTo } from '../live/live-hints.ts';
import { pollUntil } from '../live/poll-until.ts';
import { loadCentre } from './items.ts';
import { loadReceived, type ReceivedNotification } from './received-notifications.ts';

/** Where more has changed, the client is told to fetch the list. */
export const CHANGES_MAX = 100;
const READ_WAIT_MS = 5_000;

/** What is shown of an item comes from these views. */
export const ITEM_READS = [
  'centre',
  'notifications',
  'deliveries',
  'templates',
  'apps',
  'messages',
  'channels',
  'posts',
  'profile',
  'relationships',
] as const satisfies readonly ProjectorName[];

/** What was marked all at once: all that came until these moments. */
export type Marked = {
  readonly seenUpTo: string | null;
  readonly readUpTo: string | null;
  readonly categories: readonly { readonly category: string; readonly readUpTo: string }[];
};

type Dependencies = Pick<
  ReadDependencies,
  'broadcast' | 'tokens' | 'sessionCheckMs' | 'views' | 'logFacts' | 'positions' | 'positionOf' | 'waitForViews' | 'clock'
>;
type Follower = {
  readonly person: PersonId;
  readonly session: string;
  readonly signal: AbortSignal;
  /** Everything up to there, the client has; `lost`: up to where is not known any more. Absent: it fetches the list once it is `ready`. */
  readonly since?: Position | 'lost' | undefined;
};

type Event = { readonly event: string; readonly data: ReceivedNotification | Marked | Record<never, never> };
/** `since`: everything up to there is in these events, or was before. */
type Changes = { readonly events: readonly Event[]; readonly since: Position | undefined };

export async function* followCentre(dependencies: Dependencies, { person, session, signal, since }: Follower): AsyncIterable<ServerSentEvent> {
  const { broadcast, tokens, sessionCheckMs, positions } = dependencies;
  using hints = listenTo(broadcast, person, ['notification', 'centre', 'session-ended']);
  await hints.known;
  using ended = pollUntil(async () => {
    if (!(await tokens.isActive(session))) return true;
    hints.missed(); // looks at the view, whether or not a hint was lost
    return false;
  }, sessionCheckMs);
  const follow = changesOf(dependencies, person, since === undefined || since === 'lost' ? await dependencies.positionOf('centre') : since);
  const withId = (event: Event, at: Position | undefined): ServerSentEvent => (at === undefined ? event : { ...event, id: positions.tokenOf(at) });
  yield withId({ event: 'ready', data: {} }, follow.since());
  if (since === 'lost') yield { event: 'missed', data: {} };
  else if (since !== undefined) hints.missed();
  for await (const hint of hints.until(AbortSignal.any([signal, ended.signal]))) {
    if (hint !== 'missed' && 'session' in hint) {
      if (hint.session === session) return;
      continue;
    }
    const before = follow.since();
    const { events, since: reached } = await follow.next().catch(nothingDuringOutage);
    // Only with the last one does the client have everything up to there.
    for (const [i, event] of events.entries()) yield withId(event, i === events.length - 1 ? reached : before);
  }
}

/** Remembers what was told, so that nothing is told twice while a slow shard of the view holds back the position that is passed. */
function changesOf(dependencies: Dependencies, person: PersonId, from: Position | undefined) {
  let since = from;
  const told = new Map<string, string>();
  const isNew = ({ _id, position = '' }: FoundDocument<CentreItemDocument | CentreDocument>) => told.get(_id) !== position;

  /** Where it throws, nothing was told, and the next call finds the same again. */
  const next = async (): Promise<Changes> => {
    const reached = merge(since, await dependencies.positionOf('centre')); // before the queries: everything up to there is in what they find
    const changed = await changedSince(dependencies, person, since, reached);
    const items = changed.items.filter(isNew);
    const centres = changed.centres.filter(isNew);
    const isTooMuch = changed.items.length > CHANGES_MAX || !(await isReadable(dependencies, [...items, ...centres]));
    const events = isTooMuch ? [MISSED] : await eventsOf(dependencies, person, { items, centres });
    since = reached;
    for (const { _id, position = '' } of [...items, ...centres]) told.set(_id, position);
    for (const [id, position] of told) if (isCovered(position, reached)) told.delete(id);
    return { events, since };
  };
  return { since: () => since, next };
}

/** The stream stays open, and tells what has changed once the views answer again. */
function nothingDuringOutage(error: unknown): Changes {
  if (error instanceof Outage) return { events: [], since: undefined };
  throw error;
}

const MISSED: Event = { event: 'missed', data: {} };

type Changed = { readonly items: readonly FoundDocument<CentreItemDocument>[]; readonly centres: readonly FoundDocument<CentreDocument>[] };

async function eventsOf(dependencies: Dependencies, person: PersonId, { items, centres }: Changed): Promise<readonly Event[]> {
  if (items.length === 0 && centres.length === 0) return [];
  const centre = await loadCentre(dependencies.views, person);
  const received = await loadReceived(dependencies, person, items, centre);
  return [...received.map((data) => ({ event: 'notification', data })), ...(centres.length === 0 ? [] : [{ event: 'marked', data: markedOf(centre) }])];
}

/** In every log from the one position on, and without an end: a shard that is ahead of the others has documents beyond it. */
async function changedSince(
  { views }: Pick<Dependencies, 'views'>,
  person: PersonId,
  since: Position | undefined,
  reached: Position | undefined,
): Promise<Changed> {
  const logs = reached === undefined ? [] : logsIn(reached);
  const ranges = logs.map((log) => {
    const offset = since === undefined ? undefined : offsetIn(since, log);
    const lower = offset === undefined ? { from: sortable(positionAt(log, 0)) } : { after: sortable(positionAt(log, offset)) };
    return { field: 'position', ...lower, before: sortable(positionAt(log + 1, 0)) };
  });
  const where = { person };
  const [items, centres] = await Promise.all([
    Promise.all(ranges.map((range) => views.find('centre-items', { where, range, order: { position: 1 }, limit: CHANGES_MAX + 1 }))),
    Promise.all(ranges.map((range) => views.find('centres', { where, range, order: { position: 1 }, limit: 1 }))),
  ]);
  return { items: items.flat(), centres: centres.flat() };
}

const isCovered = (position: string, reached: Position | undefined): boolean => position !== '' && covers(reached, positionOfSortable(position));

/** The other views may be behind the centre's. */
async function isReadable({ waitForViews }: Pick<Dependencies, 'waitForViews'>, rows: readonly FoundDocument<object>[]): Promise<boolean> {
  const newest = rows.reduce<Position | undefined>(
    (merged, { position }) => (position === undefined ? merged : merge(merged, positionOfSortable(position))),
    undefined,
  );
  return newest === undefined || (await waitForViews(ITEM_READS, newest, { deadlineMs: READ_WAIT_MS }));
}

const markedOf = ({ seenUpTo, read, categories }: Awaited<ReturnType<typeof loadCentre>>): Marked => ({
  seenUpTo: seenUpTo ?? null,
  readUpTo: read?.upTo ?? null,
  categories: Object.entries(categories).map(([category, { upTo }]) => ({ category, readUpTo: upTo })),
});
