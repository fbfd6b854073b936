/**
 * What has changed of what a person's client keeps, by the positions of documents. Each document has the position of the event that
 * changed it last, as it was committed: whatever was committed after the client was told something lies behind how far the views had come then.
 */
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import { covers, logsIn, offsetIn, positionAt, positionOfSortable, sortable } from '../../../ports/event-log/position.ts';
import type { Position } from '../../../ports/event-log/port.ts';
import { QUERY_LIMIT_MAX, QUERY_LIST_MAX } from '../../../ports/views/port.ts';
import type { InboxRow } from '../../../projections/read-models/chat/inbox.ts';
import type { ChannelHead } from '../../../projections/read-models/chat/messages.ts';
import type { ProfileDocument } from '../../../projections/read-models/profile.ts';
import type { MarkedList, SyncMark } from '../../../projections/read-models/sync-marks.ts';
import type { FoundDocument } from '../../../projections/view-access/active-views.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';

type Views = Pick<TidingsViews, 'get' | 'getMany' | 'find' | 'pluck'>;

/** Behind `since`, or from the start where it is undefined; in the logs of `upTo`, and without an end: what is newer is told as well. */
type Since = { readonly person: PersonId; readonly since: Position | undefined; readonly upTo: Position };

/** `row`: where the row itself has changed. `position`: of the newest of its changes. */
export type ChangedChannel = {
  readonly kind: 'channel';
  readonly position: string;
  readonly channel: ChannelId;
  readonly row: InboxRow | undefined;
  readonly head: ChannelHead | undefined;
};
export type ChangedPerson = { readonly kind: 'person'; readonly position: string; readonly profile: ProfileDocument };

/** The person's channels in which something is new, and those that the person has left, where there is a `since`. */
export async function changedChannels(views: Views, { person, since, upTo }: Since): Promise<readonly ChangedChannel[]> {
  const ranges = rangesBehind(since, upTo);
  const [rows, ids] = await Promise.all([
    Promise.all(ranges.map((range) => views.find('inbox', { where: { person }, range, order: { position: -1 }, limit: QUERY_LIMIT_MAX }))),
    views.pluck('inbox', '_id', { where: { person, member: true }, range: { field: '_id', after: `${person}:` }, order: { _id: 1 }, limit: QUERY_LIMIT_MAX }),
  ]);
  const channels = ids.map((id) => id.slice(person.length + 1) as ChannelId);
  const [heads, documents] = await Promise.all([
    inChunks(channels, (chunk) => views.getMany('channel-heads', chunk)),
    since === undefined ? [] : inChunks(channels, (chunk) => changedDocuments(views, chunk, ranges)),
  ]);
  const changed = new Map<ChannelId, ChangedChannel>();
  const add = (channel: ChannelId, position: string | undefined, found: Partial<Pick<ChangedChannel, 'row' | 'head'>>) => {
    if (position === undefined || isKnown(position, since)) return;
    const before = changed.get(channel) ?? { kind: 'channel', channel, position, row: undefined, head: undefined };
    changed.set(channel, { ...before, ...found, position: position > before.position ? position : before.position });
  };
  for (const row of rows.flat()) if (row.member || since !== undefined) add(row.channel, row.position, { row });
  for (const head of heads) if (head !== undefined) add(head.channel, positionOf(head), { head });
  for (const { channel, position } of documents) add(channel, position, {});
  return [...changed.values()];
}

/** Title, picture, members: only of the channels named. */
async function changedDocuments(views: Views, channels: readonly ChannelId[], ranges: readonly Range[]) {
  const found = ranges.map((range) => views.find('channels', { where: { channel: channels }, range, limit: channels.length }));
  return (await Promise.all(found)).flat();
}

/** The person, the person's friends, and the people of direct channels; all of them, where somebody isn't unknown to the person any more. */
export async function changedPeople(views: Views, asked: Since): Promise<readonly ChangedPerson[]> {
  const { person, since, upTo } = asked;
  const isAnew = since === undefined || (await changedMarks(views, asked)).includes('people');
  const ranges = rangesBehind(isAnew ? undefined : since, upTo);
  const [friends, peers] = await Promise.all([
    views.pluck('friends', 'friend', { where: { person }, limit: QUERY_LIMIT_MAX }),
    views.pluck('inbox', 'peer', { where: { person, member: true }, range: { field: 'peer', from: '' }, order: { peer: 1 }, limit: QUERY_LIMIT_MAX }),
  ]);
  const people = [...new Set<PersonId>([person, ...friends, ...peers])];
  const profiles = await inChunks(people, async (chunk) => {
    const found = ranges.map((range) => views.find('profiles', { where: { person: chunk }, range, limit: chunk.length }));
    return (await Promise.all(found)).flat();
  });
  return profiles.flatMap((profile) => (profile.position === undefined ? [] : [{ kind: 'person' as const, position: profile.position, profile }]));
}

/** Lists of the person's that are to be fetched again: each at `/v1/me/…`. */
export async function changedLists(views: Views, asked: Since): Promise<readonly (MarkedList | 'notifications')[]> {
  const { person, since, upTo } = asked;
  const ranges = rangesBehind(since, upTo);
  const where = { person };
  const [marks, items, centres] = await Promise.all([
    changedMarks(views, asked),
    Promise.all(ranges.map((range) => views.find('centre-items', { where, range, order: { position: 1 }, limit: 1 }))),
    Promise.all(ranges.map((range) => views.find('centres', { where, range, order: { position: 1 }, limit: 1 }))),
  ]);
  const hasNotifications = [...items, ...centres].some((found) => found.length > 0);
  return [...marks.filter((list) => list !== 'people'), ...(hasNotifications ? (['notifications'] as const) : [])];
}

async function changedMarks(views: Views, { person, since, upTo }: Since): Promise<readonly SyncMark['list'][]> {
  const found = rangesBehind(since, upTo).map((range) =>
    views.find('sync-marks', { where: { person }, range, order: { position: 1 }, limit: QUERY_LIMIT_MAX }),
  );
  return (await Promise.all(found)).flat().map(({ list }) => list);
}

/** The document, where it has changed. */
export const ifChanged = <Doc extends object>(document: Doc | undefined, since: Position | undefined): Doc | undefined =>
  document === undefined || isKnown(positionOf(document) ?? '', since) ? undefined : document;

type Range = { readonly field: 'position'; readonly before: string } & ({ readonly from: string } | { readonly after: string });

function rangesBehind(since: Position | undefined, upTo: Position): readonly Range[] {
  return logsIn(upTo).map((log) => {
    const offset = since === undefined ? undefined : offsetIn(since, log);
    const lower = offset === undefined ? { from: sortable(positionAt(log, 0)) } : { after: sortable(positionAt(log, offset)) };
    return { field: 'position', ...lower, before: sortable(positionAt(log + 1, 0)) };
  });
}

const positionOf = (document: object): string | undefined => (document as FoundDocument<object>).position;

const isKnown = (position: string, since: Position | undefined): boolean => position !== '' && covers(since, positionOfSortable(position));

async function inChunks<Id, Found>(ids: readonly Id[], read: (chunk: readonly Id[]) => Promise<readonly Found[]>): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (let at = 0; at < ids.length; at += QUERY_LIST_MAX) found.push(...(await read(ids.slice(at, at + QUERY_LIST_MAX))));
  return found;
}
