/** Whether everyone was told what they were to be told, and how often the outbox was handed it. */
import { as, hasPhone, signatureOf, type Cast, type Person } from './actors.ts';
import type { Acknowledged, NotificationKept, SaidKept } from './acknowledged.ts';
import { allPages, read, type Found, type Site } from './installation.ts';

const PAGE = 50;
const OUTBOX_PAGE = 1_000;

export type Sent = { readonly id: string; readonly delivery: string; readonly to: string; readonly category: string; readonly collapseKey: string };

export async function outboxOf(site: Site): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  for (let before = ''; ;) {
    const path = `/outbox/outbox.json?limit=${OUTBOX_PAGE}${before === '' ? '' : `&before=${before}`}`;
    const { messages } = (await (await fetch((await site.addresses()).ops + path)).json()) as { readonly messages: readonly Sent[] };
    sent.push(...messages);
    if (messages.length < OUTBOX_PAGE) return sent;
    before = messages.at(-1)?.id ?? '';
  }
}

/** All deliveries of an app's notification, with their histories. */
export function deliveriesOf(site: Site, { app }: Cast, notification: string): Promise<readonly Found[]> {
  const get = (query: string) => {
    const path = `/v1/notifications/${notification}?${query}`;
    return read(site, path, { headers: () => signatureOf(app, 'GET', path) });
  };
  return allPages(get, { list: 'deliveries', cursor: 'after', limit: PAGE });
}

export const receivedBy = (site: Site, person: Person): Promise<readonly Found[]> =>
  allPages((query) => read(site, `/v1/me/notifications?${query}`, { headers: as(person) }), { list: 'notifications', cursor: 'before', limit: PAGE });

/** Statuses that nothing leads out of by itself. */
const ENDS = new Set(['accepted', 'suppressed', 'cancelled', 'expired', 'failed']);

/** Who is still to be told what: what a kill cut off is taken up some seconds later. */
export async function untold(site: Site, cast: Cast, acknowledged: Acknowledged): Promise<readonly string[]> {
  const left: string[] = [];
  const sent = await outboxOf(site);
  for (const person of cast.people) {
    left.push(
      ...pushesIn(cast, acknowledged, person, sent).flatMap(({ channel, isUnread, pushes }) =>
        isUnread && pushes === 0 ? [`${person.name}: ${channel}`] : [],
      ),
    );
    const received = await receivedBy(site, person);
    const news = newsFor(cast, acknowledged, person) - received.filter(({ source }) => source === 'feed').length;
    if (news > 0) left.push(`${person.name}: ${news} posts of friends`);
    for (const { id, source, deliveries } of received) {
      const statuses = (deliveries as readonly Found[]).map(({ status }) => String(status));
      if (statuses.length === 0 || statuses.some((status) => !ENDS.has(status)))
        left.push(`${person.name}: ${String(source)} ${String(id)} ${statuses.join(' ')}`);
    }
  }
  return left;
}

export async function faultsInNotifications(site: Site, cast: Cast, acknowledged: Acknowledged): Promise<readonly string[]> {
  const faults: string[] = [];
  const sent = await outboxOf(site);
  const times = Map.groupBy(sent, ({ delivery }) => delivery);
  const accepted = new Set<string>();
  const mayRepeat = new Set<string>();

  for (const notification of acknowledged.notifications.values()) {
    const deliveries = await deliveriesOf(site, cast, notification.id);
    faults.push(...faultsOfOne(cast, notification, deliveries));
    for (const { id, history } of deliveries) if (JSON.stringify(history).includes('"mayRepeat":true')) mayRepeat.add(String(id));
  }
  for (const person of cast.people) {
    const received = await receivedBy(site, person);
    for (const { deliveries } of received) {
      for (const { id, status } of deliveries as readonly Found[]) if (status === 'accepted') accepted.add(String(id));
    }
    faults.push(...faultsOfReceived(cast, acknowledged, person, received));
    faults.push(...faultsOfChatPushes(cast, acknowledged, person, sent));
  }
  for (const delivery of accepted) if (!times.has(delivery)) faults.push(`${delivery} was accepted and is not in the outbox`);
  for (const [delivery, its] of times) {
    if (its.length > 1 && !mayRepeat.has(delivery)) faults.push(`${delivery} is in the outbox ${its.length} times`);
    if (!accepted.has(delivery)) faults.push(`${delivery} is in the outbox and was not accepted`);
  }
  return faults;
}

/** One delivery a recipient and channel, accepted unless the person declined or the app took it back. */
function faultsOfOne(
  { declining }: Cast,
  { id, recipients, category, channels, isCancelled }: NotificationKept,
  deliveries: readonly Found[],
): readonly string[] {
  const found = deliveries.map(({ recipient, channel, status, reason }) =>
    [recipient, channel, status, ...(status === 'suppressed' ? [reason] : [])].join(' '),
  );
  const expected = recipients.flatMap((recipient) => {
    const declines = category === 'offers' && declining.has(recipient);
    const outcome = isCancelled ? 'cancelled' : declines ? 'suppressed opted-out' : 'accepted';
    return channels.map((channel) => `${recipient} ${channel} ${outcome}`);
  });
  const [one, other] = [found.toSorted().join(', '), expected.toSorted().join(', ')];
  return one === other ? [] : [`${id} (${category}): found ${one}; expected ${other}`];
}

/** The app's each once, and of a curious person's friends each post once. */
function faultsOfReceived(cast: Cast, acknowledged: Acknowledged, person: Person, received: readonly Found[]): readonly string[] {
  const of = (source: string) => received.filter((one) => one['source'] === source);
  const ofApp = of('app').map(({ id }) => String(id));
  const expected = [...acknowledged.notifications.values()].filter(({ recipients }) => recipients.includes(person.id)).map(({ id }) => id);
  const faults = [];
  if (ofApp.toSorted().join() !== expected.toSorted().join()) faults.push(`${person.name} was told ${ofApp.length} things by the app, not ${expected.length}`);
  const news = newsFor(cast, acknowledged, person);
  const told = of('feed').length;
  if (told !== news) faults.push(`${person.name} was told of ${told} posts of ${news}`);
  return faults;
}

/** Posts of friends that the person asked to be told of; a reply is none. */
function newsFor({ curious, friends }: Cast, { posts }: Acknowledged, { id }: Person): number {
  if (!curious.has(id)) return 0;
  return [...posts.values()].filter(({ author, replyTo }) => replyTo === null && friends.get(id)?.has(author) === true).length;
}

/** At most one push unread in a channel: no more than one, and one for each time that more was read; and one at least where something was not read. */
function faultsOfChatPushes(cast: Cast, acknowledged: Acknowledged, person: Person, sent: readonly Sent[]): readonly string[] {
  return pushesIn(cast, acknowledged, person, sent).flatMap(({ channel, pushes, entriesRead, isUnread }) => {
    if (pushes > 1 + entriesRead) return [`${person.name} got ${pushes} pushes of ${channel} and read ${entriesRead} entries`];
    return isUnread && pushes === 0 ? [`${person.name} has unread messages in ${channel} and was pushed nothing`] : [];
  });
}

/** By channel, of who has no phone to receive anything: for the others it depends on what their phones received in time. */
function pushesIn({ channels }: Cast, { said, readUpTo }: Acknowledged, person: Person, sent: readonly Sent[]) {
  if (hasPhone(person)) return [];
  return channels
    .filter(({ members }) => members.includes(person))
    .map(({ id: channel }) => {
      const pushes = sent.filter(({ category, to, collapseKey }) => category === 'chat' && to === person.pushToken && collapseKey === channel).length;
      const read = readUpTo.get(`${person.id}/${channel}`) ?? -1;
      const entries = [...(said.get(channel) ?? [])];
      const isUnread = entries.some(([seq, one]) => one.kind === 'send' && one.sender !== person.id && seq > read && !isWithdrawn(entries, seq));
      return { channel, pushes, entriesRead: entries.filter(([seq]) => seq <= read).length, isUnread };
    });
}

const isWithdrawn = (entries: readonly (readonly [number, SaidKept])[], message: number): boolean =>
  entries.some(([, one]) => one.kind === 'withdraw' && one.message === message);
