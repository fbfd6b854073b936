/** The notification centre as far as it was read, what is new since, and how much is unread. It outlives the page, and follows the server. */
import { signal, type Signal } from '@preact/signals';
import type { components } from '../../client/http/generated/read-api.ts';
import type { Tidings } from '../../client/index.ts';
import { failureText, liveOf, session, whenLeaving, whenLoggingOut } from '../app/session.ts';
import { listed, type Listed } from '../parts/pages.ts';

export type Received = components['schemas']['ReceivedNotification'];
export type Counts = components['schemas']['NotificationCounts'];
type Marked = components['schemas']['NotificationsMarked'];

/** `refusal`: why the last thing that was done with it came to nothing. */
export type Item = Signal<Received & { readonly refusal?: string }>;
export const FILTERS = ['all', 'unread', 'archived'] as const;
export type Filter = (typeof FILTERS)[number];

const PAGE = 30;
/** Several events that come together are one reason to look. */
const SOON_MS = 300;

export const counts = signal<Counts | undefined>(undefined);
export const filter = signal<Filter>('all');
/** New ones, which wait until the person asks for them: nothing moves under their eyes. */
export const arrived = signal<readonly Item[]>([]);
/** Why what concerns all of them came to nothing. */
export const centreFailure = signal<string | undefined>(undefined);
/** What was told while the first page was on its way, which may have been read before. */
let early: readonly Item[] = [];
const items = new Map<string, Item>();
const underWay = new Set<Promise<unknown>>();
export const lists = signal(newLists());
let following: AbortController | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let readUpTo: string | null | undefined;

const unfollow = () => {
  following?.abort();
  following = undefined;
  clearTimeout(timer);
};
whenLoggingOut(unfollow);
whenLeaving(() => {
  unfollow();
  items.clear();
  lists.value = newLists();
  [arrived.value, early] = [[], []];
  counts.value = undefined;
  filter.value = 'all';
  centreFailure.value = undefined;
  readUpTo = undefined;
});

function newLists(): Readonly<Record<Filter, Listed<Item>>> {
  const of = (which: Filter) =>
    listed(async (before) => {
      const page = await readPage(session.value?.tidings, which, before);
      if (which === 'all' && before === undefined) showEarly(page.notifications);
      return { entries: page.notifications.map(known), next: page.next };
    });
  return { all: of('all'), unread: of('unread'), archived: of('archived') };
}

async function readPage(tidings: Tidings | undefined, which: Filter, before: string | undefined) {
  await Promise.allSettled(underWay); // what is read shows what was marked
  const only = { all: {}, unread: { unread: 'true' }, archived: { archived: 'true' } } as const;
  const query = { limit: PAGE, ...only[which], ...(before === undefined ? {} : { before }) };
  return (await tidings?.read.GET('/v1/me/notifications', { params: { query } }))?.data ?? { notifications: [], next: null };
}

/** One signal an item, wherever it is shown. */
function known(received: Received): Item {
  const found = items.get(received.id);
  if (found === undefined) items.set(received.id, signal(received));
  else found.value = received;
  return items.get(received.id) as Item;
}

/** What a filter lists is read anew: what was read or archived since has left it. */
export function choose(which: Filter): void {
  filter.value = which;
  lists.value = { ...lists.value, [which]: newLists()[which] };
  if (which === 'all') arrived.value = [];
}

/** From the login on, for the number in the header. */
export function followCentre(tidings: Tidings): void {
  if (following !== undefined) return;
  following = new AbortController();
  follow(tidings, following.signal).catch(failureText);
}

async function follow(tidings: Tidings, until: AbortSignal): Promise<void> {
  void readCounts(tidings);
  for await (const { event, data } of liveOf(tidings, 'notifications', until)) {
    if (event === 'notification') offer([data as Received]);
    else if (event === 'marked') applyMarked(data as Marked);
    else offer((await readPage(tidings, 'all', undefined)).notifications); // what came before `ready`, or was missed
    countSoon(tidings);
  }
}

function countSoon(tidings: Tidings): void {
  clearTimeout(timer);
  timer = setTimeout(() => void readCounts(tidings), SOON_MS);
}

async function readCounts(tidings: Tidings): Promise<void> {
  try {
    counts.value = (await tidings.read.GET('/v1/me/notifications/counts', {})).data;
  } catch (error) {
    failureText(error); // the number stays as it is
  }
}

function offer(received: readonly Received[]): void {
  const { all } = lists.value;
  const fresh = received.filter(({ id }) => !items.has(id));
  const offered = received.map(known);
  if (all.next.value === undefined) early = [...early, ...offered];
  else
    wait(
      offered.filter((item) => fresh.some(({ id }) => id === item.value.id)),
      all.entries.value[0]?.value.at,
    );
}

function showEarly(page: readonly Received[]): void {
  const listedIds = new Set(page.map(({ id }) => id));
  const missing = new Set(early.filter((item) => !listedIds.has(item.value.id)));
  early = [];
  wait([...missing], page[0]?.at);
}

/** Those that are no older than what is listed. */
function wait(offered: readonly Item[], newest = ''): void {
  const waiting = offered.filter((item) => item.value.at >= newest && !item.value.archived);
  if (waiting.length > 0) arrived.value = [...waiting, ...arrived.value].sort((one, other) => (one.value.at < other.value.at ? 1 : -1));
}

/** What is read up to a moment only grows; a later mark of one of them comes by itself. */
function applyMarked(marked: Marked): void {
  const before = readUpTo;
  readUpTo = marked.readUpTo;
  const upTo = marked.readUpTo;
  for (const item of items.values()) {
    const byCategory = marked.categories.find(({ category }) => category === item.value.category)?.readUpTo;
    const isRead = (upTo !== null && upTo !== before && item.value.at <= upTo) || (byCategory !== undefined && item.value.at <= byCategory);
    const isSeen = marked.seenUpTo !== null && item.value.at <= marked.seenUpTo;
    if ((isRead && !item.value.read) || (isSeen && !item.value.seen)) item.value = { ...item.value, read: item.value.read || isRead, seen: isSeen };
  }
}

export function showArrived(): void {
  const { entries } = lists.value.all;
  entries.value = [...arrived.value, ...entries.value.filter((item) => !arrived.value.includes(item))];
  arrived.value = [];
}

export const MARKS = {
  read: { method: 'PUT', path: '/v1/me/notifications/{notification}/read', change: { read: true } },
  unread: { method: 'DELETE', path: '/v1/me/notifications/{notification}/read', change: { read: false } },
  archived: { method: 'PUT', path: '/v1/me/notifications/{notification}/archived', change: { archived: true } },
  unarchived: { method: 'DELETE', path: '/v1/me/notifications/{notification}/archived', change: { archived: false } },
} as const;

/** Shown at once, and undone where it is refused. */
export async function mark(item: Item, as: keyof typeof MARKS): Promise<void> {
  const { method, path, change } = MARKS[as];
  const { refusal: _, ...before } = item.value;
  const undo = Object.fromEntries(Object.keys(change).map((name) => [name, before[name as keyof Received]]));
  item.value = { ...before, ...change };
  count(before, item.value);
  try {
    const params = { path: { notification: before.id } };
    await tracked(method === 'PUT' ? session.value?.tidings.write.PUT(path, { params }) : session.value?.tidings.write.DELETE(path, { params }));
  } catch (error) {
    const shown = item.value;
    item.value = { ...shown, ...undo, refusal: failureText(error) };
    count(shown, item.value);
  }
}

async function tracked(marking: Promise<unknown> | undefined): Promise<void> {
  if (marking === undefined) return;
  underWay.add(marking);
  await marking.finally(() => underWay.delete(marking));
}

function count(before: Received, now: Received): void {
  const by = (one: Received) => (one.read || one.archived ? 0 : 1);
  if (counts.value !== undefined) counts.value = { ...counts.value, unread: Math.max(0, counts.value.unread + by(now) - by(before)) };
}

/** All that is shown: what comes meanwhile stays unread. */
export async function markAllRead(): Promise<void> {
  const upTo = lists.value[filter.value].entries.value[0]?.value.at;
  if (upTo === undefined) return;
  const [were, counted] = [[...items.values()].map((item) => [item, item.value] as const), counts.value];
  for (const [item, value] of were) if (value.at <= upTo) item.value = { ...value, read: true };
  if (counted !== undefined) counts.value = { ...counted, unread: arrived.value.filter((item) => !item.value.read).length };
  centreFailure.value = undefined;
  try {
    await tracked(session.value?.tidings.write.POST('/v1/me/notifications/read', { body: { upTo } }));
  } catch (error) {
    for (const [item, value] of were) item.value = value;
    counts.value = counted;
    centreFailure.value = failureText(error);
  }
}

/** Said when the person looks at them. */
export async function markSeen(): Promise<void> {
  const newest = lists.value.all.entries.value[0]?.value;
  if (newest === undefined || newest.seen) return;
  await session.value?.tidings.write.POST('/v1/me/notifications/seen', { body: { upTo: newest.at } }).catch(failureText);
}
