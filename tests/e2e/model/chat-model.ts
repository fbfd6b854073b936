/** Compares channel histories and inboxes with the acknowledged channel events and read pointers. */
import { expectStatus, listOf, type JsonObject } from '../../client/expectations.ts';
import type { Acknowledged, RecordedChannelEvent } from '../acknowledged.ts';
import { authorizationOf, type Person } from '../actors.ts';
import { compare, MODEL_PAGE_LIMIT } from './compare.ts';
import type { Scenario } from '../scenario.ts';
import { callReadApi, fetchAllPages, type SystemUnderTest } from '../system-under-test.ts';

const HISTORY_PAGE_LIMIT = 50;
/** The inbox tells no more of them from one another. */
const UNREAD_MAX = 100;

export async function findHistoryFaults({ system, acknowledged }: Scenario, channel: string, member: Person): Promise<readonly string[]> {
  const found = await fetchHistory(system, channel, member);
  const events = eventsOf(acknowledged, channel);
  return [
    ...compare(
      `every seq of ${channel}, from 0 and without a gap`,
      events.map(([seq]) => seq),
      events.map((_, i) => i),
    ),
    ...compare(
      `the history of ${channel} for ${member.name}`,
      found.map(({ seq, sender, clientId, text, withdrawn, reactions }) => ({ seq, sender, clientId, text, withdrawn, reactions })),
      expectedMessages(events),
    ),
  ];
}

export async function findInboxFaults({ system, actors, acknowledged }: Scenario, person: Person): Promise<readonly string[]> {
  const get = (query: string) => callReadApi(system, `/v1/me/inbox?${query}`, { headers: authorizationOf(person) });
  const rows = await fetchAllPages(get, { list: 'channels', cursor: 'before', limit: MODEL_PAGE_LIMIT });
  const expected = actors.channels
    .filter(({ members }) => members.includes(person))
    .map(({ id }) => {
      const events = eventsOf(acknowledged, id);
      const readUpTo = acknowledged.readUpTo.get(`${person.id}/${id}`) ?? null;
      return { channel: id, unread: countUnread(events, person, readUpTo), readUpTo, headSeq: events.at(-1)?.[0] ?? null };
    });
  const byChannel = (one: { readonly channel: unknown }, other: { readonly channel: unknown }) => (String(one.channel) < String(other.channel) ? -1 : 1);
  return compare(
    `the inbox of ${person.name}`,
    rows.map(({ channel, unread, readUpTo, headSeq }) => ({ channel, unread, readUpTo, headSeq })).sort(byChannel),
    expected.sort(byChannel),
  );
}

/** From the newest page back to the first. */
async function fetchHistory(system: SystemUnderTest, channel: string, member: Person): Promise<readonly JsonObject[]> {
  const headers = authorizationOf(member);
  const history: JsonObject[] = [];
  for (let before: number | undefined, hasMore = true; hasMore;) {
    const query = `limit=${HISTORY_PAGE_LIMIT}${before === undefined ? '' : `&before=${before}`}`;
    const page = await callReadApi(system, `/v1/channels/${channel}/messages?${query}`, { headers });
    const messages = listOf(expectStatus([200], page), 'messages');
    history.unshift(...messages);
    before = Number(messages[0]?.['seq']);
    hasMore = page.body['more'] === true;
  }
  return history;
}

type SeqAndEvent = readonly [seq: number, event: RecordedChannelEvent];

const eventsOf = (acknowledged: Acknowledged, channel: string): readonly SeqAndEvent[] =>
  [...(acknowledged.channelEvents.get(channel) ?? [])].sort(([one], [other]) => one - other);

type ExpectedMessage = { seq: number; sender: string; clientId: string; text: string | null; withdrawn: boolean; reactions: Record<string, string[]> };

function expectedMessages(events: readonly SeqAndEvent[]): readonly ExpectedMessage[] {
  const messages = new Map<number, ExpectedMessage>();
  for (const [seq, event] of events) {
    const message = event.kind === 'send' ? undefined : messages.get(event.message);
    switch (event.kind) {
      case 'send':
        messages.set(seq, { seq, sender: event.sender, clientId: event.clientId, text: event.text, withdrawn: false, reactions: {} });
        break;
      case 'edit':
        if (message !== undefined) message.text = event.text;
        break;
      case 'withdraw':
        if (message !== undefined) Object.assign(message, { text: null, withdrawn: true, reactions: {} });
        break;
      case 'react':
        if (message !== undefined) message.reactions[event.emoji] = [event.person];
    }
  }
  return [...messages.values()];
}

/** Messages of others, after the last one that the person read or sent, without withdrawn ones; at most `UNREAD_MAX`. */
function countUnread(events: readonly SeqAndEvent[], person: Person, readUpTo: number | null): number {
  const withdrawn = new Set(events.flatMap(([, event]) => (event.kind === 'withdraw' ? [event.message] : [])));
  const messages = events.flatMap(([seq, event]) => (event.kind === 'send' ? [{ seq, sender: event.sender }] : []));
  const after = Math.max(readUpTo ?? -1, ...messages.filter(({ sender }) => sender === person.id).map(({ seq }) => seq));
  return Math.min(messages.filter(({ seq }) => seq > after && !withdrawn.has(seq)).length, UNREAD_MAX);
}
