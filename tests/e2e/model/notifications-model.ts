/** Compares what people were notified of, and how often the outbox was given it, with what the acknowledgements ask for. */
import type { JsonObject } from '../../client/expectations.ts';
import type { RecordedChannelEvent, RecordedNotification } from '../acknowledged.ts';
import { usesGateway, type Actors, type Person } from '../actors.ts';
import { fetchDeliveries, fetchNotifications, fetchOutbox, type OutboxMessage } from './notifications.ts';
import type { Scenario } from '../scenario.ts';

/** Statuses that a delivery stays in. */
const FINAL_STATUSES = new Set(['accepted', 'delivered', 'suppressed', 'cancelled', 'expired', 'failed']);

/** Notifications that are still to be sent, as sentences: work that a kill interrupted is resumed some seconds later. */
export async function listPendingNotifications(scenario: Scenario): Promise<readonly string[]> {
  const { system, actors } = scenario;
  const pending: string[] = [];
  const outbox = await fetchOutbox(system);
  for (const { id, recipients, channels } of scenario.acknowledged.notifications.values()) {
    const statuses = (await fetchDeliveries(system, actors, id)).map(({ status }) => String(status));
    const isPending = statuses.length < recipients.length * channels.length || statuses.some((status) => !FINAL_STATUSES.has(status));
    if (isPending) pending.push(`the app: ${id} ${statuses.join(' ')}`);
  }
  for (const person of actors.people) {
    const unpushed = chatPushesByChannel(scenario, person, outbox).filter(({ isUnread, pushes }) => isUnread && pushes === 0);
    pending.push(...unpushed.map(({ channel }) => `${person.name}: ${channel}`));
    const notifications = await fetchNotifications(system, person);
    const missing = countFriendPosts(scenario, person) - notifications.filter(({ source }) => source === 'feed').length;
    if (missing > 0) pending.push(`${person.name}: ${missing} posts of friends`);
    for (const { id, source, deliveries } of notifications) {
      const statuses = (deliveries as readonly JsonObject[]).map(({ status }) => String(status));
      if (statuses.length === 0 || statuses.some((status) => !FINAL_STATUSES.has(status)))
        pending.push(`${person.name}: ${String(source)} ${String(id)} ${statuses.join(' ')}`);
    }
  }
  return pending;
}

export async function findNotificationFaults(scenario: Scenario): Promise<readonly string[]> {
  const { system, actors, acknowledged } = scenario;
  const faults: string[] = [];
  const outbox = await fetchOutbox(system);
  const accepted = new Set<string>();
  const mayRepeat = new Set<string>();

  for (const notification of acknowledged.notifications.values()) {
    const deliveries = await fetchDeliveries(system, actors, notification.id);
    faults.push(...findDeliveryFaults(actors, notification, deliveries));
    for (const { id, status, history } of deliveries) {
      if (status === 'accepted') accepted.add(String(id));
      if (JSON.stringify(history).includes('"mayRepeat":true')) mayRepeat.add(String(id));
    }
  }
  for (const person of actors.people) {
    const notifications = await fetchNotifications(system, person);
    for (const { deliveries } of notifications) {
      for (const { id, status } of deliveries as readonly JsonObject[]) if (status === 'accepted') accepted.add(String(id));
    }
    faults.push(...findListFaults(scenario, person, notifications));
    faults.push(...findChatPushFaults(scenario, person, outbox));
  }
  return [...faults, ...findOutboxFaults(scenario, outbox, { accepted, mayRepeat })];
}

type ToldDeliveries = { readonly accepted: ReadonlySet<string>; readonly mayRepeat: ReadonlySet<string> };

/**
 * The outbox has what was accepted and nothing else, and has it once unless the delivery says that it may be repeated. Nobody is told
 * any more of a delivery whose post was deleted, or whose message was withdrawn, after it was sent.
 */
function findOutboxFaults(scenario: Scenario, outbox: readonly OutboxMessage[], { accepted, mayRepeat }: ToldDeliveries): readonly string[] {
  const faults: string[] = [];
  const messagesOf = Map.groupBy(outbox, ({ delivery }) => delivery);
  for (const delivery of accepted) if (!messagesOf.has(delivery)) faults.push(`${delivery} was accepted and is not in the outbox`);
  for (const [delivery, messages] of messagesOf) {
    if (messages.length > 1 && !mayRepeat.has(delivery)) faults.push(`${delivery} is in the outbox ${messages.length} times`);
    if (!accepted.has(delivery) && !messages.every((message) => isToldNoMore(scenario, message)))
      faults.push(`${delivery} of ${JSON.stringify(messages[0]?.data)} is in the outbox and was not accepted`);
  }
  return faults;
}

function isToldNoMore({ acknowledged }: Scenario, { data = {} }: OutboxMessage): boolean {
  if (data['kind'] === 'feed') return acknowledged.posts.get(data['post'] ?? '')?.isDeleted === true;
  // A push tells of the newest message, which need not be the one that it was requested for: any withdrawn one may be that.
  return data['kind'] === 'chat' && [...(acknowledged.channelEvents.get(data['channel'] ?? '') ?? [])].some(([, { kind }]) => kind === 'withdraw');
}

/** One delivery a recipient and channel, accepted or in the notification centre unless the recipient has opted out or the app has cancelled it. */
function findDeliveryFaults(
  { optedOutOfOffers }: Actors,
  { id, recipients, category, channels, isCancelled }: RecordedNotification,
  deliveries: readonly JsonObject[],
): readonly string[] {
  const found = deliveries.map(({ recipient, channel, status, reason }) =>
    [recipient, channel, status, ...(status === 'suppressed' ? [reason] : [])].join(' '),
  );
  const expected = recipients.flatMap((recipient) => {
    const isOptedOut = category === 'offers' && optedOutOfOffers.has(recipient);
    const outcomeOn = (channel: string) => (channel === 'in-app' ? 'delivered' : 'accepted');
    return channels.map((channel) => `${recipient} ${channel} ${isCancelled ? 'cancelled' : isOptedOut ? 'suppressed opted-out' : outcomeOn(channel)}`);
  });
  const [one, other] = [found.toSorted().join(', '), expected.toSorted().join(', ')];
  return one === other ? [] : [`${id} (${category}): found ${one}; expected ${other}`];
}

/** A person's notification centre has each of the app's notifications that was for it once, and each post of a friend once if the person wants those. */
function findListFaults(scenario: Scenario, person: Person, notifications: readonly JsonObject[]): readonly string[] {
  const from = (source: string) => notifications.filter((notification) => notification['source'] === source);
  const fromApp = from('app').map(({ id }) => String(id));
  const isListed = ({ recipients, channels, category, isCancelled }: RecordedNotification) =>
    recipients.includes(person.id) &&
    channels.includes('in-app') &&
    !isCancelled &&
    !(category === 'offers' && scenario.actors.optedOutOfOffers.has(person.id));
  const expected = [...scenario.acknowledged.notifications.values()].filter(isListed).map(({ id }) => id);
  const faults = [];
  if (fromApp.toSorted().join() !== expected.toSorted().join())
    faults.push(`${person.name} has ${fromApp.length} notifications of the app, not ${expected.length}`);
  const friendPosts = countFriendPosts(scenario, person);
  const notified = from('feed').length;
  if (notified !== friendPosts) faults.push(`${person.name} was notified of ${notified} posts of ${friendPosts}`);
  return faults;
}

/** Posts of friends that the person wants to be notified of; replies don't count, and the list leaves out posts that were deleted since. */
function countFriendPosts({ actors: { wantFriendPosts, friends }, acknowledged: { posts } }: Scenario, { id }: Person): number {
  if (!wantFriendPosts.has(id)) return 0;
  return [...posts.values()].filter(({ author, replyTo, isDeleted }) => replyTo === null && !isDeleted && friends.get(id)?.has(author) === true).length;
}

/** At most one unread push a channel: so at most one, and one more for each event read; and at least one where a message is unread. */
function findChatPushFaults(scenario: Scenario, person: Person, outbox: readonly OutboxMessage[]): readonly string[] {
  return chatPushesByChannel(scenario, person, outbox).flatMap(({ channel, pushes, eventsRead, isUnread }) => {
    if (pushes > 1 + eventsRead) return [`${person.name} got ${pushes} pushes of ${channel} and read ${eventsRead} events`];
    return isUnread && pushes === 0 ? [`${person.name} has unread messages in ${channel} and got no push`] : [];
  });
}

/**
 * Only of people without a device at the gateway: for the others it depends on what their devices received in time. Of what was said while
 * a guest was away they are pushed nothing, and when they came back only the log knows: a guest is never missing a push.
 */
function chatPushesByChannel({ actors, acknowledged }: Scenario, person: Person, outbox: readonly OutboxMessage[]) {
  if (usesGateway(person)) return [];
  return actors.channels
    .filter(({ members }) => members.includes(person))
    .map(({ id: channel, guests }) => {
      const pushes = outbox.filter(({ category, to, collapseKey }) => category === 'chat' && to === person.pushToken && collapseKey === channel).length;
      const readUpTo = acknowledged.readUpTo.get(`${person.id}/${channel}`) ?? -1;
      const events = [...(acknowledged.channelEvents.get(channel) ?? [])];
      const own = events.flatMap(([seq, event]) => (event.kind === 'send' && event.sender === person.id ? [seq] : []));
      const known = Math.max(readUpTo, ...own); // who has written something has read what came before it
      const isUnread = !guests.includes(person) && events.some(([seq, event]) => event.kind === 'send' && seq > known && !isWithdrawn(events, seq));
      return { channel, pushes, eventsRead: events.filter(([seq]) => seq <= readUpTo).length, isUnread };
    });
}

const isWithdrawn = (events: readonly (readonly [number, RecordedChannelEvent])[], message: number): boolean =>
  events.some(([, event]) => event.kind === 'withdraw' && event.message === message);
