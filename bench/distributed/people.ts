/** The people, channels and friendships of the load. */
import { randomUUID } from 'node:crypto';
import type { FriendshipEvent } from '../../domain/people/events.ts';
import { friendshipOf, type ChannelId, type PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, plus } from '../../domain/shared/instant.ts';
import { friendshipStream } from '../../domain/shared/streams.ts';
import { clock, type BenchSystem } from './system.ts';
import { inParallel } from './waiting.ts';

const AT_ONCE = 16;

export type Account = { readonly person: PersonId; readonly token: string };
export type Conversation = { readonly channel: ChannelId; readonly members: readonly Account[] };

/** A person who has a session and nothing else. */
export async function createSession({ adapters, tokens }: BenchSystem, person: PersonId): Promise<Account> {
  const session = randomUUID();
  const expiresAt = plus(clock(), DAY_MS);
  await adapters.vault.put('session', session, { person, createdAt: clock(), expiresAt }, { owner: person });
  return { person, token: await tokens.issue({ person, session, expiresAt }) };
}

export const createPeople = (system: BenchSystem, count: number): Promise<readonly Account[]> =>
  inParallel(count, AT_ONCE, async () => {
    const name = randomUUID();
    const { id } = await system.commands.signUp({ loginName: name, name, password: 'none' }, system.contextOf(`login:${name}`));
    return await createSession(system, id);
  });

export async function openPairs(system: BenchSystem, count: number): Promise<readonly Conversation[]> {
  const people = await createPeople(system, 2 * count);
  return await inParallel(count, AT_ONCE, async (n) => {
    const members = people.slice(2 * n, 2 * n + 2) as [Account, Account];
    const [{ person }, { person: other }] = members;
    const { id: channel } = await system.commands.openDirectChannel({ person, other }, system.contextOf(person));
    await system.commands.acceptMessageRequest({ person: other, channel }, system.contextOf(other));
    return { channel, members };
  });
}

export async function openGroup(system: BenchSystem, size: number): Promise<Conversation> {
  const members = await createPeople(system, size);
  const [owner = '' as PersonId, ...others] = members.map(({ person }) => person);
  const { id: channel } = await system.commands.openGroupChannel({ person: owner, members: others }, system.contextOf(owner));
  for (const person of others) await system.commands.acceptInvitation({ person, channel }, system.contextOf(person));
  return { channel, members };
}

/** Appends the events directly: making friends isn't what is measured. */
export async function befriend({ adapters, codec }: BenchSystem, author: PersonId, friends: readonly PersonId[]): Promise<void> {
  const metadata = { $correlationId: 'bench', actor: 'system:bench', at: clock(), command: 'bench', request: 'bench' };
  await inParallel(friends.length, AT_ONCE, async (n) => {
    const friend = friends[n] as PersonId;
    const stream = friendshipStream(friendshipOf(author, friend));
    const event: FriendshipEvent = { type: 'people.friend-accepted.v1', data: { from: friend, to: author, round: 1 } };
    await adapters.log.append(stream, [await codec.encode(stream, { id: randomUUID(), event, metadata })], 'no-stream');
  });
}
