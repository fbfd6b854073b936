/** The people, follows and posts of the load, appended to the log as commands would have: bringing them about is not what is measured. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { TidingsEvent } from '../../../domain/events.ts';
import { BASE32_ALPHABET, POST_DIGEST_CHARACTERS, postIdFrom, postStreamOf } from '../../../domain/feed/post-id.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { DAY_MS, instant, plus, type Instant } from '../../../domain/shared/instant.ts';
import { relationshipsStream, userStream } from '../../../domain/shared/streams.ts';
import type { Tokens } from '../../../edge/auth/tokens.ts';
import type { Codec } from '../../../ports/event-log/codec.ts';
import type { EventLog } from '../../../ports/event-log/port.ts';
import type { Vault } from '../../../ports/vault/port.ts';
import { inParallel } from '../../distributed/waiting.ts';
import type { Sizes } from './sizes.ts';

const AT_ONCE = 64;
const EVENTS_AN_APPEND = 500;
/** Posts are spread evenly over this time, from yesterday on back. */
const HISTORY_MS = 90 * DAY_MS;
const POST_CHARACTERS = 280;

export type Stores = { readonly log: EventLog; readonly codec: Codec; readonly vault: Vault; readonly tokens: Tokens };
export type Account = { readonly person: PersonId; readonly token: string };

export type World = {
  readonly authors: readonly PersonId[];
  readonly readers: readonly Account[];
  /** By how many authors each of them follows. */
  readonly cold: ReadonlyMap<number, readonly Account[]>;
  /** Authors with nobody's feed before them yet, by how many people follow each; the first of `followers` follow all of them. */
  readonly followed: ReadonlyMap<number, Account>;
  readonly followers: readonly Account[];
  readonly lonely: Account;
};

export async function fillWorld(stores: Stores, sizes: Sizes, progress: (text: string) => void): Promise<World> {
  progress(`filling: ${sizes.authors} authors with ${sizes.postsOfAuthor} posts each`);
  const authors = await inParallel(sizes.authors, AT_ONCE, async (n) => {
    const author = await register(stores, `Author ${n}`);
    for (let post = 0; post < sizes.postsOfAuthor; post++) await publish(stores, author, plus(now(), -DAY_MS - Math.floor(Math.random() * HISTORY_MS)));
    return author;
  });
  const follower = async (name: string, count: number): Promise<Account> => {
    const account = await openAccount(stores, await register(stores, name));
    await follow(stores, account.person, someOf(authors, count));
    return account;
  };
  progress(`filling: ${sizes.readers} readers, ${sizes.coldReaders * sizes.coldAuthors.length} cold ones`);
  const readers = await inParallel(sizes.readers, AT_ONCE, (n) => follower(`Reader ${n}`, sizes.followedByReader));
  const cold = new Map<number, readonly Account[]>();
  for (const count of sizes.coldAuthors) cold.set(count, await inParallel(sizes.coldReaders, AT_ONCE, (n) => follower(`Cold reader ${n}`, count)));

  const most = Math.max(...sizes.followers);
  progress(`filling: authors with ${sizes.followers.join(', ')} followers`);
  const followed = new Map<number, Account>();
  for (const count of sizes.followers) followed.set(count, await openAccount(stores, await register(stores, `Followed by ${count}`)));
  const people = await inParallel(most, AT_ONCE, async (n) => {
    const person = randomUUID() as PersonId;
    await follow(
      stores,
      person,
      [...followed].flatMap(([count, author]) => (n < count ? [author.person] : [])),
    );
    return person;
  });
  const followers = await inParallel(Math.min(most, sizes.warmFollowers), AT_ONCE, (n) => openAccount(stores, people[n] as PersonId));
  return { authors, readers, cold, followed, followers, lonely: await openAccount(stores, await register(stores, 'Nobody’s author')) };
}

const now = (): Instant => instant(Date.now());

async function register(stores: Stores, name: string): Promise<PersonId> {
  const person = randomUUID() as PersonId;
  await append(stores, userStream(person), [{ type: 'people.registered.v1', data: { name, login: randomBytes(24).toString('base64url') } }]);
  return person;
}

async function openAccount({ vault, tokens }: Stores, person: PersonId): Promise<Account> {
  const session = randomUUID();
  const expiresAt = plus(now(), DAY_MS);
  await vault.put('session', session, { person, createdAt: now(), expiresAt }, { owner: person });
  return { person, token: await tokens.issue({ person, session, expiresAt }) };
}

async function follow(stores: Stores, person: PersonId, others: readonly PersonId[]): Promise<void> {
  const events = others.map((other): TidingsEvent => ({ type: 'people.followed.v1', data: { person: other } }));
  for (let from = 0; from < events.length; from += EVENTS_AN_APPEND)
    await append(stores, relationshipsStream(person), events.slice(from, from + EVENTS_AN_APPEND), from);
}

async function publish(stores: Stores, author: PersonId, at: Instant): Promise<void> {
  const post = postIdFrom(at, Array.from(randomBytes(POST_DIGEST_CHARACTERS), (byte) => BASE32_ALPHABET[byte % 32]).join(''));
  await append(stores, postStreamOf(post), [
    { type: 'feed.post-published.v1', data: { post, author, text: 'x'.repeat(POST_CHARACTERS), delivered: 'push', at } },
  ]);
}

async function append({ log, codec }: Stores, stream: string, events: readonly TidingsEvent[], after = 0): Promise<void> {
  const metadata = { $correlationId: 'bench', actor: 'system:bench', at: now(), command: 'bench', request: 'bench' };
  const encoded = await Promise.all(events.map((event) => codec.encode(stream, { id: randomUUID(), event, metadata })));
  const appended = await log.append(stream, encoded, after === 0 ? 'no-stream' : after - 1);
  if (appended.outcome !== 'appended') throw new Error(`${stream} is there already.`);
}

/** So many of them, drawn without regard to order. */
function someOf<One>(all: readonly One[], count: number): readonly One[] {
  if (count >= all.length) return all;
  const drawn = new Set<One>();
  while (drawn.size < count) drawn.add(all[Math.floor(Math.random() * all.length)] as One);
  return [...drawn];
}
