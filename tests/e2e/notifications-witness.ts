/** Whether everyone was told what they were to be told, and how often the outbox was handed it. */
import { as, signatureOf, type Cast, type Person } from './cast.ts';
import type { Acknowledged, NotificationKept } from './record.ts';
import { allPages, read, type Found, type Site } from './site.ts';

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

/** Whether every delivery has come to its end: the attempts that a kill cut off are judged some seconds later. */
export async function allDelivered(site: Site, cast: Cast): Promise<boolean> {
  for (const person of cast.people) {
    const received = await receivedBy(site, person);
    const deliveries = received.flatMap(({ deliveries: its }) => its as readonly Found[]);
    if (received.some(({ deliveries: its }) => (its as readonly Found[]).length === 0)) return false;
    if (!deliveries.every(({ status }) => ENDS.has(String(status)))) return false;
  }
  return true;
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
  const found = deliveries.map(({ recipient, channel, status, reason }) => `${recipient} ${channel} ${status} ${reason}`);
  const expected = recipients.flatMap((recipient) => {
    const declines = category === 'offers' && declining.has(recipient);
    const outcome = isCancelled ? 'cancelled null' : declines ? 'suppressed opted-out' : 'accepted null';
    return channels.map((channel) => `${recipient} ${channel} ${outcome}`);
  });
  const [one, other] = [found.toSorted().join(', '), expected.toSorted().join(', ')];
  return one === other ? [] : [`${id} (${category}): found ${one}; expected ${other}`];
}

/** The app's each once, and of a curious person's friends each post once. */
function faultsOfReceived({ curious, reads }: Cast, { notifications, posts }: Acknowledged, person: Person, received: readonly Found[]): readonly string[] {
  const of = (source: string) => received.filter((one) => one['source'] === source);
  const ofApp = of('app').map(({ id }) => String(id));
  const expected = [...notifications.values()].filter(({ recipients }) => recipients.includes(person.id)).map(({ id }) => id);
  const faults = [];
  if (ofApp.toSorted().join() !== expected.toSorted().join()) faults.push(`${person.name} was told ${ofApp.length} things by the app, not ${expected.length}`);
  const news = [...posts.values()].filter(({ author, replyTo }) => replyTo === null && isFriend(reads, person.id, author)).length;
  const told = of('feed').length;
  if (told !== (curious.has(person.id) ? news : 0)) faults.push(`${person.name} was told of ${told} posts of ${news}`);
  return faults;
}

/** Who one follows without being friends reads one's posts, but is not read. */
const isFriend = (reads: Cast['reads'], one: string, other: string): boolean => reads.get(one)?.has(other) === true && reads.get(other)?.has(one) === true;

/**
 * At most one push unread: no more in a channel than one, and one for each time that more was read. Who has no phone to receive
 * anything hears of every channel in which others said something that was not read.
 */
function faultsOfChatPushes({ channels }: Cast, { said, readUpTo }: Acknowledged, person: Person, sent: readonly Sent[]): readonly string[] {
  return channels
    .filter(({ members }) => members.includes(person))
    .flatMap(({ id }) => {
      const pushes = sent.filter(({ category, to, collapseKey }) => category === 'chat' && to === person.pushToken && collapseKey === id).length;
      const mark = `${person.id}/${id}`;
      const byOthers = [...(said.get(id) ?? [])].filter(([, one]) => one.kind === 'send' && one.sender !== person.id);
      const reads = [...(said.get(id)?.keys() ?? [])].filter((seq) => seq <= (readUpTo.get(mark) ?? -1)).length;
      const faults = [];
      if (pushes > 1 + reads) faults.push(`${person.name} got ${pushes} pushes of ${id} and read ${reads} entries`);
      const isUnread = byOthers.some(([seq]) => seq > (readUpTo.get(mark) ?? -1));
      if (person.number % 4 === 3 && isUnread && pushes === 0) faults.push(`${person.name} has unread messages in ${id} and was pushed nothing`);
      return faults;
    });
}
