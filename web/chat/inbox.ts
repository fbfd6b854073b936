/** The list of channels: read anew, a little later, whenever a gateway tells that something in it has changed. */
import { computed, signal } from '@preact/signals';
import type { components } from '../../client/http/generated/read-api.ts';
import type { Tidings } from '../../client/index.ts';
import { failureText, session, whenLeaving } from '../app/session.ts';

export type InboxRow = components['schemas']['InboxRow'];

export const inbox = signal<readonly InboxRow[] | undefined>(undefined);
export const inboxNext = signal<string | null>(null);
export const inboxFailure = signal<string | undefined>(undefined);
export const badge = computed(() => (inbox.value ?? []).reduce((sum, row) => sum + row.badge, 0));

/** Several frames that come together are one reason to look. */
const SOON_MS = 250;
/** The views may be behind the gateway; what they lacked is there by then. */
const LATER_MS = 2_000;
let timers: readonly ReturnType<typeof setTimeout>[] = [];
let stopListening: (() => void) | undefined;

whenLeaving(() => {
  stopListening?.();
  stopListening = undefined;
  timers.forEach(clearTimeout);
  inbox.value = undefined;
  inboxNext.value = null;
  seen.clear();
});

/** By channel, the seq up to which the person has seen everything on this device: the server may not know it yet. */
const seen = new Map<string, number>();

export function markSeen(channel: string, seq: number): void {
  seen.set(channel, Math.max(seq, seen.get(channel) ?? -1));
  inbox.value = inbox.value?.map(asSeen);
}

const asSeen = (row: InboxRow): InboxRow => (row.unread > 0 && (seen.get(row.channel) ?? -1) >= (row.last?.seq ?? -1) ? { ...row, unread: 0, badge: 0 } : row);

/** From the login on, for the number beside the link. */
export function followInbox(tidings: Tidings): void {
  if (stopListening !== undefined) return;
  stopListening = tidings.chat.onFrame(({ type }) => {
    if (type !== 'typing' && type !== 'presence' && type !== 'delivered') readSoon();
  });
  void readInbox();
}

export function readSoon(): void {
  timers.forEach(clearTimeout);
  timers = [SOON_MS, LATER_MS].map((ms) => setTimeout(() => void readInbox(), ms));
}

let reading: Promise<void> | undefined;

/** The row of a channel, once the list is there; undefined where the channel isn't among the newest. */
export async function rowOf(channel: string): Promise<InboxRow | undefined> {
  if (inbox.value === undefined) await (reading ?? readInbox());
  return inbox.value?.find((row) => row.channel === channel);
}

export function readInbox(): Promise<void> {
  reading = read().finally(() => (reading = undefined));
  return reading;
}

async function read(): Promise<void> {
  try {
    const page = (await session.value?.tidings.read.GET('/v1/me/inbox', {}))?.data;
    if (page === undefined) return;
    const shown = new Set(page.channels.map(({ channel }) => channel));
    const older = (inbox.value ?? []).filter(({ channel }) => !shown.has(channel));
    inbox.value = [...page.channels.map(asSeen), ...older];
    if (older.length === 0) inboxNext.value = page.next;
    inboxFailure.value = undefined;
    keepUp(page.channels);
  } catch (error) {
    inboxFailure.value = failureText(error);
  }
}

/** What is unread is there to be read without the network too. Announcement channels are read where they are. */
function keepUp(rows: readonly InboxRow[]): void {
  const unread = rows.filter(({ kind, unread: count, request }) => count > 0 && kind !== 'announcement' && request === null);
  session.value?.tidings.chat.keepUp(unread.flatMap(({ channel, last }) => (last === null ? [] : [{ channel, seq: last.seq }])));
}

export async function readOlderChannels(): Promise<void> {
  const before = inboxNext.value;
  if (before === null) return;
  try {
    const page = (await session.value?.tidings.read.GET('/v1/me/inbox', { params: { query: { before } } }))?.data;
    const known = new Set(inbox.value?.map(({ channel }) => channel));
    inbox.value = [...(inbox.value ?? []), ...(page?.channels ?? []).filter(({ channel }) => !known.has(channel))];
    inboxNext.value = page?.next ?? null;
  } catch (error) {
    inboxFailure.value = failureText(error);
  }
}
