/** Compares channel histories and inboxes with the acknowledged channel events and read pointers. */
import { expectStatus, listOf, type JsonObject } from '../../client/expectations.ts';
import { isAway, type Acknowledged, type RecordedChannelEvent } from '../acknowledged.ts';
import { authorizationOf, type Channel, type Person } from '../actors.ts';
import { compare, MODEL_PAGE_LIMIT } from './compare.ts';
import type { Scenario } from '../scenario.ts';
import { callReadApi, fetchAllPages, type SystemUnderTest } from '../system-under-test.ts';

const HISTORY_PAGE_LIMIT = 50;
/** The inbox tells no more of them from one another. */
const UNREAD_MAX = 100;

/** The seqs of the notices of each channel, as its first member reads them. */
export async function fetchNotices({ system, actors }: Scenario): Promise<ReadonlyMap<string, readonly number[]>> {
  const notices = new Map<string, readonly number[]>();
  for (const { id, members } of actors.channels) {
    const [first] = members;
    const history = first === undefined ? [] : await fetchHistory(system, id, first);
    notices.set(
      id,
      history.filter(isNotice).map(({ seq }) => Number(seq)),
    );
  }
  return notices;
}

export type Notices = Awaited<ReturnType<typeof fetchNotices>>;

export async function findHistoryFaults(scenario: Scenario, channel: Channel, member: Person): Promise<readonly string[]> {
  const { system, acknowledged } = scenario;
  const { id } = channel;
  if (isAway(acknowledged, member.id, id)) {
    const { status } = await callReadApi(system, `/v1/channels/${id}/messages`, { headers: authorizationOf(member) });
    return compare(`what ${member.name} reads of ${id}, which they have left`, [status], [404]);
  }
  const found = await fetchHistory(system, id, member);
  const [notices, messages] = [found.filter(isNotice), found.filter((one) => !isNotice(one))];
  const events = eventsOf(acknowledged, id);
  const seqs = [...events.map(([seq]) => seq), ...notices.map(({ seq }) => Number(seq))].sort((one, other) => one - other);
  return [
    ...compare(
      `every seq of ${id}, from 0 and without a gap`,
      seqs,
      seqs.map((_, i) => i),
    ),
    ...compare(
      `the history of ${id} for ${member.name}`,
      messages.map(({ seq, sender, clientId, text, withdrawn, reactions, media }) => ({
        seq,
        sender,
        clientId,
        text,
        withdrawn,
        reactions,
        files: (media as readonly unknown[]).length,
      })),
      expectedMessages(events),
    ),
    ...findNoticeFaults(scenario, channel, notices),
  ];
}

/** Everybody who was asked at first came once, and each time that somebody left and came back is told once. */
function findNoticeFaults({ actors, acknowledged }: Scenario, { id, members: [owner, ...others], isGroup }: Channel, notices: readonly JsonObject[]) {
  if (!isGroup || owner === undefined) return [];
  const told = notices.map(({ notice }) => notice as { readonly kind: string; readonly member?: string });
  const countOf = (kind: string, person: Person) => told.filter((notice) => notice.kind === kind && notice.member === person.id).length;
  return others.flatMap((person) => {
    const { left, cameBack } = acknowledged.comingAndGoing.get(`${person.id}/${id}`) ?? { left: 0, cameBack: 0 };
    const wasAsked = actors.friends.get(owner.id)?.has(person.id) === true ? 0 : 1;
    return compare(`how often ${person.name} came to ${id} and left it`, [countOf('joined', person), countOf('left', person)], [wasAsked + cameBack, left]);
  });
}

const isNotice = ({ notice }: JsonObject): boolean => notice !== null;

export async function findInboxFaults({ system, actors, acknowledged }: Scenario, person: Person, notices: Notices): Promise<readonly string[]> {
  const get = (query: string) => callReadApi(system, `/v1/me/inbox?${query}`, { headers: authorizationOf(person) });
  const rows = await fetchAllPages(get, { list: 'channels', cursor: 'before', limit: MODEL_PAGE_LIMIT });
  const unreadOf = new Map(rows.map(({ channel, unread }) => [channel, unread]));
  const expected = actors.channels
    .filter(({ id, members }) => members.includes(person) && !isAway(acknowledged, person.id, id))
    .map(({ id }) => {
      const events = eventsOf(acknowledged, id);
      const key = `${person.id}/${id}`;
      const readUpTo = acknowledged.readUpTo.get(key) ?? null;
      // Which messages came before somebody who came back, only the log knows.
      const unread = acknowledged.comingAndGoing.has(key) ? unreadOf.get(id) : countUnread(events, person, readUpTo);
      return { channel: id, unread, readUpTo, headSeq: headOf(events, notices.get(id)) };
    });
  const byChannel = (one: { readonly channel: unknown }, other: { readonly channel: unknown }) => (String(one.channel) < String(other.channel) ? -1 : 1);
  return compare(
    `the inbox of ${person.name}`,
    rows.map(({ channel, unread, readUpTo, headSeq }) => ({ channel, unread, readUpTo, headSeq })).sort(byChannel),
    expected.sort(byChannel),
  );
}

const headOf = (events: readonly SeqAndEvent[], notices: readonly number[] = []): number | null => {
  const head = Math.max(-1, ...events.map(([seq]) => seq), ...notices);
  return head < 0 ? null : head;
};

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

type ExpectedMessage = {
  seq: number;
  sender: string;
  clientId: string;
  text: string | null;
  withdrawn: boolean;
  reactions: Record<string, string[]>;
  files: number;
};

function expectedMessages(events: readonly SeqAndEvent[]): readonly ExpectedMessage[] {
  const messages = new Map<number, ExpectedMessage>();
  for (const [seq, event] of events) {
    const message = event.kind === 'send' ? undefined : messages.get(event.message);
    switch (event.kind) {
      case 'send': {
        const { sender, clientId, text, files = 0 } = event;
        messages.set(seq, { seq, sender, clientId, text, withdrawn: false, reactions: {}, files });
        break;
      }
      case 'edit':
        if (message !== undefined) message.text = event.text;
        break;
      case 'withdraw':
        if (message !== undefined) Object.assign(message, { text: null, withdrawn: true, reactions: {}, files: 0 });
        break;
      case 'react':
        if (message !== undefined && !message.withdrawn) message.reactions = withReaction(message.reactions, event);
    }
  }
  return [...messages.values()];
}

function withReaction(before: ExpectedMessage['reactions'], { emoji, person, change }: Extract<RecordedChannelEvent, { kind: 'react' }>) {
  const { [emoji]: people = [], ...rest } = before;
  const others = people.filter((other) => other !== person);
  const reacting = change === 'added' ? [...others, person] : others;
  return reacting.length === 0 ? rest : { ...rest, [emoji]: reacting };
}

/** Messages of others, after the last one that the person read or sent, without withdrawn ones; at most `UNREAD_MAX`. */
function countUnread(events: readonly SeqAndEvent[], person: Person, readUpTo: number | null): number {
  const withdrawn = new Set(events.flatMap(([, event]) => (event.kind === 'withdraw' ? [event.message] : [])));
  const messages = events.flatMap(([seq, event]) => (event.kind === 'send' ? [{ seq, sender: event.sender }] : []));
  const after = Math.max(readUpTo ?? -1, ...messages.filter(({ sender }) => sender === person.id).map(({ seq }) => seq));
  return Math.min(messages.filter(({ seq }) => seq > after && !withdrawn.has(seq)).length, UNREAD_MAX);
}
