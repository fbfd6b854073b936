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
    for (const id of channels.channelsOf(person.id))
      differ(`the history of ${id} for ${person.name}`, await historyOf(system, person, id), channels.messagesOf(id));
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
    history.unshift(...page.map(shownMessage));
    const first = page[0]?.['seq'];
    if (page.length < PAGE_LIMIT || first === undefined) return history;
    before = `&before=${Number(first)}`;
  }
}

/** With how many files, and who reacted; a notice has neither. */
const shownMessage = ({ seq, sender, text, media, reactions }: JsonObject): string =>
  lineOf(Number(seq), {
    sender: String(sender),
    text: String(text),
    files: (media as readonly unknown[]).length,
    reactions: reactions as Message['reactions'],
  });

const lineOf = (seq: number, { sender, text, files, reactions }: Message): string =>
  `${seq} ${sender} ${text} ${files} ${Object.entries(reactions)
    .map(([emoji, people]) => `${emoji} ${people.join()}`)
    .toSorted()
    .join()}`;

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

type Message = { readonly sender: string; text: string; files: number; reactions: Readonly<Record<string, readonly string[]>> };

function foldChannels(log: WholeLog) {
  const members = foldMembers(log);
  const messages = new Map<string, Map<number, Message>>();
  const inChannel = (channel: string): Map<number, Message> => {
    const known = messages.get(channel) ?? new Map<number, Message>();
    messages.set(channel, known);
    return known;
  };
  for (const event of inOrder(log)) {
    const { data, revision } = event;
    const about = 'message' in data ? inChannel(data.channel).get(data.message) : undefined;
    switch (event.type) {
      case 'chat.message-posted.v1':
        inChannel(data.channel).set(revision, {
          sender: event.data.sender,
          text: orErased(event.data.text, ''),
          files: event.data.mediaCount ?? 0,
          reactions: {},
        });
        break;
      case 'chat.notice-added.v1':
        inChannel(data.channel).set(revision, { sender: event.data.by, text: 'null', files: 0, reactions: {} });
        break;
      case 'chat.message-edited.v1':
        if (about !== undefined && about.text !== 'null') about.text = orErased(event.data.text, '');
        break;
      case 'chat.message-withdrawn.v1':
        if (about !== undefined) Object.assign(about, { text: 'null', files: 0, reactions: {} });
        break;
      case 'chat.message-reacted.v1':
        if (about !== undefined && about.text !== 'null') about.reactions = withReaction(about.reactions, event.data);
    }
  }
  const heads = new Map(log.events.filter(({ stream }) => stream.startsWith('messages-')).map(({ key, revision }) => [key, revision]));
  const readUpTo = new Map<string, number>();
  for (const { data } of log.ofType('chat.read-up-to.v1')) {
    const pointer = `${data.person} ${data.channel}`;
    readUpTo.set(pointer, Math.max(data.seq, readUpTo.get(pointer) ?? -1));
  }
  const channelsOf = (person: string) => [...members].flatMap(([channel, people]) => (people.has(person) ? [channel] : []));
  return {
    channelsOf,
    messagesOf: (channel: string) => [...inChannel(channel)].map(([seq, message]) => lineOf(seq, message)),
    pointersOf: (person: string) =>
      channelsOf(person)
        .map((channel) => `${channel} ${readUpTo.get(`${person} ${channel}`) ?? null} of ${heads.get(channel) ?? null}`)
        .toSorted(),
  };
}

const MESSAGE_EVENTS = [
  'chat.message-posted.v1',
  'chat.notice-added.v1',
  'chat.message-edited.v1',
  'chat.message-withdrawn.v1',
  'chat.message-reacted.v1',
] as const;

/** Of each channel in its order. */
const inOrder = (log: WholeLog) => MESSAGE_EVENTS.flatMap((type) => log.ofType(type)).toSorted((one, other) => one.revision - other.revision);

function withReaction(before: Message['reactions'], { emoji, person, change }: { readonly emoji: string; readonly person: string; readonly change: string }) {
  const { [emoji]: people = [], ...rest } = before;
  const others = people.filter((other) => other !== person);
  const reacting = change === 'added' ? [...others, person] : others;
  return reacting.length === 0 ? rest : { ...rest, [emoji]: reacting };
}

/** Who is in each channel at the end. */
function foldMembers(log: WholeLog): ReadonlyMap<string, ReadonlySet<string>> {
  const members = new Map<string, Set<string>>();
  for (const { data } of log.ofType('chat.channel-opened.v1')) members.set(data.channel, new Set(data.members));
  const changes = (['chat.member-joined.v1', 'chat.member-left.v1', 'chat.member-removed.v1'] as const).flatMap((type) => log.ofType(type));
  for (const { type, data } of changes.toSorted((one, other) => one.revision - other.revision)) {
    if (type === 'chat.member-joined.v1') members.get(data.channel)?.add(data.member);
    else members.get(data.channel)?.delete(data.member);
  }
  return members;
}
