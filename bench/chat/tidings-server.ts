/** A server process with Tidings' chat; creates the accounts and channels that the load uses. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, plus } from '../../domain/shared/instant.ts';
import { collectGarbage } from './collect-garbage.ts';
import { serveParent } from './serve-parent.ts';
import { startChat } from './start-chat.ts';

const CONCURRENT_COMMANDS_MAX = 64;
const CAUGHT_UP_POLL_MS = 20;

export type BenchAccount = { readonly person: PersonId; readonly token: string };
export type BenchChannel = { readonly channel: ChannelId; readonly members: readonly BenchAccount[] };

const chat = await startChat();
const { gateway, projections, commands, contextFor, tokens, vault, clock } = chat;

const contextOf = (actor: string) => {
  const created = contextFor({ actor, type: 'bench', key: v7(), fresh: true, body: {}, at: clock() });
  if (created.outcome === 'refused') throw new Error(created.refusal.code);
  return created.context;
};

async function createSession(person: PersonId): Promise<BenchAccount> {
  const id = randomUUID();
  const expiresAt = plus(clock(), DAY_MS);
  await vault.put('session', id, { person, createdAt: clock(), expiresAt }, { owner: person });
  return { person, token: await tokens.issue({ person, session: id, expiresAt }) };
}

async function signUp(): Promise<BenchAccount> {
  const name = randomUUID();
  const { id } = await commands.signUp({ loginName: name, name, password: 'none' }, contextOf(`login:${name}`));
  return createSession(id);
}

async function openChannel(members: readonly BenchAccount[]): Promise<BenchChannel> {
  const [owner, ...others] = members.map(({ person }) => person);
  const [other] = others;
  if (owner === undefined || other === undefined) throw new Error('a channel needs two people');
  if (members.length === 2) {
    const { id: channel } = await commands.openDirectChannel({ person: owner, other }, contextOf(owner));
    await commands.acceptMessageRequest({ person: other, channel }, contextOf(other));
    return { channel, members };
  }
  const { id: channel } = await commands.openGroupChannel({ person: owner, members: others }, contextOf(owner));
  for (const person of others) await commands.acceptInvitation({ person, channel }, contextOf(person));
  return { channel, members };
}

async function createConcurrently<Created>(count: number, create: (n: number) => Promise<Created>): Promise<readonly Created[]> {
  const created: Created[] = [];
  let next = 0;
  const work = async () => {
    for (let n = next++; n < count; n = next++) created[n] = await create(n);
  };
  await Promise.all(Array.from({ length: CONCURRENT_COMMANDS_MAX }, work));
  return created;
}

async function waitUntilCaughtUp(): Promise<void> {
  while ((await projections.status()).some(({ state }) => state !== 'live')) await delay(CAUGHT_UP_POLL_MS);
}

serveParent(
  {
    url: () => gateway.url,
    /** People who have a session and nothing else. */
    createAccounts: ({ count }: { readonly count: number }) => createConcurrently(count, () => createSession(randomUUID() as PersonId)),
    createChannels: async ({ count, size }: { readonly count: number; readonly size: number }) => {
      const people = await createConcurrently(count * size, signUp);
      return createConcurrently(count, (n) => openChannel(people.slice(n * size, (n + 1) * size)));
    },
    waitUntilCaughtUp,
    /** Only where memory is measured: the heap grows differently after a collection by hand. */
    collectGarbage: async () => {
      await waitUntilCaughtUp();
      await collectGarbage();
    },
  },
  () => chat[Symbol.asyncDispose](),
);
