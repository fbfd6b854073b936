/** What readers are shown, beside what the log says that they should be: feeds, histories and read pointers, each folded here anew. */
import { orErased } from '../../../domain/shared/event.ts';
import { expectStatus, type JsonObject } from '../../client/expectations.ts';
import { authorizationOf, type Actors, type Person } from '../../e2e/actors.ts';
import { callReadApi, fetchAllPages, type SystemUnderTest } from '../../e2e/system-under-test.ts';
import type { WholeLog } from './whole-log.ts';

const PAGE_LIMIT = 50;

export type Shown = { readonly system: SystemUnderTest; readonly actors: Actors };

export async function findShownFaults({ system, actors }: Shown, log: WholeLog): Promise<readonly string[]> {
  const faults: string[] = [];
  const differ = (what: string, found: readonly unknown[], expected: readonly unknown[]) => {
    const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
    if (one !== other) faults.push(`${what} is ${one.slice(0, 600)}; by the log it is ${other.slice(0, 600)}`);
  };
  const feeds = foldFeeds(log);
  const channels = foldChannels(log);
  for (const person of actors.people) {
    const headers = authorizationOf(person);
    const get = (path: string) => (query: string) => callReadApi(system, `${path}?${query}`, { headers });
    const feed = await fetchAllPages(get('/v1/me/feed'), { list: 'posts', cursor: 'before', limit: PAGE_LIMIT });
    differ(
      `the feed of ${person.name}`,
      feed.map(({ id }) => id),
      feeds(person),
    );
    const inbox = await fetchAllPages(get('/v1/me/inbox'), { list: 'channels', cursor: 'before', limit: PAGE_LIMIT });
    differ(`the inbox of ${person.name}`, inbox.map(pointerOf).toSorted(), channels.pointersOf(person.id));
    for (const { id } of actors.channels.filter(({ members }) => members.includes(person))) {
      differ(`the history of ${id} for ${person.name}`, await historyOf(system, person, id), channels.messagesOf(id));
    }
  }
  return faults;
}

const pointerOf = ({ channel, readUpTo, headSeq }: JsonObject): string => `${String(channel)} ${String(readUpTo)} of ${String(headSeq)}`;

async function historyOf(system: SystemUnderTest, person: Person, channel: string): Promise<readonly string[]> {
  const history: string[] = [];
  for (let before = ''; ;) {
    const path = `/v1/channels/${channel}/messages?limit=${PAGE_LIMIT}${before}`;
    const { body } = expectStatus([200], await callReadApi(system, path, { headers: authorizationOf(person) }));
    const page = body['messages'] as readonly JsonObject[];
    history.unshift(...page.map(({ seq, sender, text }) => `${String(seq)} ${String(sender)} ${String(text)}`));
    const first = page[0]?.['seq'];
    if (page.length < PAGE_LIMIT || first === undefined) return history;
    before = `&before=${Number(first)}`;
  }
}

/** Posts that stand, of those whom a person is friends with or follows and does not mute, and of the person; newest first. */
function foldFeeds(log: WholeLog): (reader: Person) => readonly string[] {
  const pair = (reader: string, author: string) => `${reader} ${author}`;
  const reads = new Set([
    ...log.ofType('people.friend-accepted.v1').flatMap(({ data: { from, to } }) => [pair(from, to), pair(to, from)]),
    ...log.ofType('people.followed.v1').map(({ key, data }) => pair(key, data.person)),
  ]);
  for (const type of UNDONE) if (log.ofType(type).length > 0) throw new Error(`No action of the load makes a ${type}.`);
  const muted = new Set(log.ofType('people.muted.v1').map(({ key, data }) => pair(key, data.person)));
  const deleted = new Set(log.ofType('feed.post-deleted.v1').map(({ data }) => data.post));
  const standing = log.ofType('feed.post-published.v1').filter(({ data }) => !deleted.has(data.post));
  return ({ id: reader }) =>
    standing
      .filter(({ data: { author } }) => author === reader || (reads.has(pair(reader, author)) && !muted.has(pair(reader, author))))
      .map(({ data }) => data.post)
      .toSorted()
      .reverse();
}

const UNDONE = ['people.friend-removed.v1', 'people.unfollowed.v1', 'people.unmuted.v1', 'people.blocked.v1'] as const;

type Message = { readonly sender: string; text: string };

function foldChannels(log: WholeLog) {
  const members = [
    ...log.ofType('chat.channel-opened.v1').flatMap(({ data }) => data.members.map((member) => ({ channel: data.channel, member }))),
    ...log.ofType('chat.member-joined.v1').map(({ data }) => ({ channel: data.channel, member: data.member })),
  ];
  const messages = new Map<string, Map<number, Message>>();
  for (const { data, revision } of log.ofType('chat.message-posted.v1')) {
    const inChannel = messages.get(data.channel) ?? new Map<number, Message>();
    messages.set(data.channel, inChannel.set(revision, { sender: data.sender, text: orErased(data.text, '') }));
  }
  const setText = (channel: string, message: number, text: string) => {
    const posted = messages.get(channel)?.get(message);
    if (posted !== undefined) posted.text = text;
  };
  for (const { data } of log.ofType('chat.message-edited.v1')) setText(data.channel, data.message, orErased(data.text, ''));
  for (const { data } of log.ofType('chat.message-withdrawn.v1')) setText(data.channel, data.message, 'null');
  const heads = new Map(log.events.filter(({ stream }) => stream.startsWith('messages-')).map(({ key, revision }) => [key, revision]));
  const readUpTo = new Map<string, number>();
  for (const { data } of log.ofType('chat.read-up-to.v1')) {
    const pointer = `${data.person} ${data.channel}`;
    readUpTo.set(pointer, Math.max(data.seq, readUpTo.get(pointer) ?? -1));
  }
  return {
    messagesOf: (channel: string) => [...(messages.get(channel) ?? [])].map(([seq, { sender, text }]) => `${seq} ${sender} ${text}`),
    pointersOf: (person: string) =>
      [...new Set(members.filter(({ member }) => member === person).map(({ channel }) => channel))]
        .map((channel) => `${channel} ${readUpTo.get(`${person} ${channel}`) ?? null} of ${heads.get(channel) ?? null}`)
        .toSorted(),
  };
}
