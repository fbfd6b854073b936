/**
 * Whether what was acknowledged is there, once and in order, for whoever may see it: every query's answer against a naive reckoning
 * from the acknowledgements alone. Answers what is wrong, in words.
 */
import { as, type Cast, type Person } from './actors.ts';
import type { Phones } from './load.ts';
import { faultsInNotifications } from './notifications-model.ts';
import type { Acknowledged, PostKept, SaidKept } from './acknowledged.ts';
import { allPages, expectStatus, listIn, read, until, type Found, type Site } from './installation.ts';

/** Odd, so that pages end in the middle of things. */
const PAGE = 7;
const HISTORY_PAGE = 50;

export async function faultsIn(site: Site, cast: Cast, acknowledged: Acknowledged): Promise<readonly string[]> {
  const faults = [...acknowledged.contradictions];
  const same = (what: string, found: unknown, expected: unknown) => {
    const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
    if (one !== other) faults.push(`${what}: found ${one.slice(0, 1_500)}, expected ${other.slice(0, 1_500)}`);
  };
  for (const person of cast.people) await checkFeed(site, cast, acknowledged, person, same);
  for (const post of acknowledged.posts.values()) await checkReplies(site, cast, acknowledged, post, same);
  for (const { id, members } of cast.channels) for (const member of members) await checkHistory(site, acknowledged, id, member, same);
  for (const person of cast.people) await checkInbox(site, cast, acknowledged, person, same);
  faults.push(...(await faultsInNotifications(site, cast, acknowledged)));
  return faults;
}

/** Waits until every phone has what was said, and answers what it noted on the way. */
export async function faultsOfPhones({ all }: Phones, acknowledged: Acknowledged): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { owner, channels, seqsOf, faults: noted } of all) {
    faults.push(...noted);
    for (const channel of channels) {
      const count = acknowledged.said.get(channel)?.size ?? 0;
      await until(`${owner.name} has received ${count} of ${channel}`, () => seqsOf(channel).length >= count);
      const seqs = seqsOf(channel);
      if (seqs.length !== count || seqs.some((seq, i) => seq !== i)) faults.push(`${owner.name} has received ${seqs.join(' ')} of ${count} in ${channel}`);
    }
  }
  return faults;
}

type Same = (what: string, found: unknown, expected: unknown) => void;

const newestFirst = (one: PostKept, other: PostKept) => (one.id < other.id ? 1 : -1);

function expectedView({ posts, likes }: Acknowledged, reader: Person, { id, author, text, replyTo }: PostKept) {
  const likedBy = [...likes].filter((like) => like.startsWith(`${id}/`));
  const replies = [...posts.values()].filter((post) => post.replyTo === id && !post.isDeleted).length;
  return { id, author, text, replyTo, likes: likedBy.length, replies, liked: likes.has(`${id}/${reader.id}`) };
}

const shown = ({ id, author, text, replyTo, likes, replies, liked }: Found) => ({
  id,
  author: (author as { readonly id: string }).id,
  text,
  replyTo,
  likes,
  replies,
  liked,
});

async function checkFeed(site: Site, { reads }: Cast, acknowledged: Acknowledged, reader: Person, same: Same): Promise<void> {
  const headers = as(reader);
  const feed = await allPages((query) => read(site, `/v1/me/feed?${query}`, { headers }), { list: 'posts', cursor: 'before', limit: PAGE });
  const standing = [...acknowledged.posts.values()].filter(({ isDeleted }) => !isDeleted).sort(newestFirst);
  const expected = standing.filter(({ author }) => author === reader.id || reads.get(reader.id)?.has(author) === true);
  same(
    `the feed of ${reader.name}`,
    feed.map(shown),
    expected.map((post) => expectedView(acknowledged, reader, post)),
  );

  const own = await allPages((query) => read(site, `/v1/people/${reader.id}/posts?${query}`, { headers }), { list: 'posts', cursor: 'before', limit: PAGE });
  same(
    `the posts of ${reader.name}`,
    own.map(shown),
    standing.filter(({ author }) => author === reader.id).map((post) => expectedView(acknowledged, reader, post)),
  );
}

async function checkReplies(site: Site, { people }: Cast, acknowledged: Acknowledged, post: PostKept, same: Same): Promise<void> {
  const reader = people[0] as Person;
  const get = (query: string) => read(site, `/v1/posts/${post.id}/replies?${query}`, { headers: as(reader) });
  if (post.isDeleted) return same(`whether ${post.id} is there`, (await get('limit=1')).status, 404);
  const found = await allPages(get, { list: 'posts', cursor: 'after', limit: PAGE });
  const replies = [...acknowledged.posts.values()].filter(({ replyTo, isDeleted }) => replyTo === post.id && !isDeleted);
  same(
    `the replies to ${post.id}`,
    found.map(shown),
    replies
      .sort(newestFirst)
      .reverse()
      .map((reply) => expectedView(acknowledged, reader, reply)),
  );
}

const entriesOf = (acknowledged: Acknowledged, channel: string): readonly (readonly [number, SaidKept])[] =>
  [...(acknowledged.said.get(channel) ?? [])].sort(([one], [other]) => one - other);

async function checkHistory(site: Site, acknowledged: Acknowledged, channel: string, member: Person, same: Same): Promise<void> {
  const headers = as(member);
  const found: Found[] = [];
  for (let before: number | undefined, more = true; more;) {
    const page = await read(site, `/v1/channels/${channel}/messages?limit=${HISTORY_PAGE}${before === undefined ? '' : `&before=${before}`}`, { headers });
    const messages = listIn(expectStatus([200], page), 'messages');
    found.unshift(...messages);
    before = Number(messages[0]?.['seq']);
    more = page.body['more'] === true;
  }
  const entries = entriesOf(acknowledged, channel);
  same(
    `every seq of ${channel}, from 0 and without a hole`,
    entries.map(([seq]) => seq),
    entries.map((_, i) => i),
  );
  same(
    `what ${member.name} finds in ${channel}`,
    found.map(({ seq, sender, clientId, text, withdrawn, reactions }) => ({ seq, sender, clientId, text, withdrawn, reactions })),
    expectedMessages(entries),
  );
}

function expectedMessages(entries: readonly (readonly [number, SaidKept])[]) {
  const messages = new Map<
    number,
    { seq: number; sender: string; clientId: string; text: string | null; withdrawn: boolean; reactions: Record<string, string[]> }
  >();
  for (const [seq, said] of entries) {
    const message = said.kind === 'send' ? undefined : messages.get(said.message);
    switch (said.kind) {
      case 'send':
        messages.set(seq, { seq, sender: said.sender, clientId: said.clientId, text: said.text, withdrawn: false, reactions: {} });
        break;
      case 'edit':
        if (message !== undefined) message.text = said.text;
        break;
      case 'withdraw':
        if (message !== undefined) Object.assign(message, { text: null, withdrawn: true, reactions: {} });
        break;
      case 'react':
        if (message !== undefined) message.reactions[said.emoji] = [said.person];
    }
  }
  return [...messages.values()];
}

/** Who has spoken last has nothing left to read. */
function unreadIn(entries: readonly (readonly [number, SaidKept])[], person: Person, readUpTo: number | null): number {
  const messages = entries.flatMap(([seq, said]) => (said.kind === 'send' ? [{ seq, sender: said.sender }] : []));
  return messages.at(-1)?.sender === person.id ? 0 : messages.filter(({ seq }) => readUpTo === null || seq > readUpTo).length;
}

async function checkInbox(site: Site, { channels }: Cast, acknowledged: Acknowledged, person: Person, same: Same): Promise<void> {
  const get = (query: string) => read(site, `/v1/me/inbox?${query}`, { headers: as(person) });
  const rows = await allPages(get, { list: 'channels', cursor: 'before', limit: PAGE });
  const expected = channels
    .filter(({ members }) => members.includes(person))
    .map(({ id }) => {
      const entries = entriesOf(acknowledged, id);
      const readUpTo = acknowledged.readUpTo.get(`${person.id}/${id}`) ?? null;
      const unread = unreadIn(entries, person, readUpTo);
      return { channel: id, unread, readUpTo, headSeq: entries.at(-1)?.[0] ?? null };
    });
  const byChannel = (one: { readonly channel: unknown }, other: { readonly channel: unknown }) => (String(one.channel) < String(other.channel) ? -1 : 1);
  same(
    `the inbox of ${person.name}`,
    rows.map(({ channel, unread, readUpTo, headSeq }) => ({ channel, unread, readUpTo, headSeq })).sort(byChannel),
    expected.sort(byChannel),
  );
}
