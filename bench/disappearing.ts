/**
 * What a time to live costs a message: the same messages into two channels in turns, in one process with a durable log, the vault and
 * chat's views; in one of the channels they disappear. `npm run bench:disappearing`. The figures are goals, never assertions.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChannelId, PersonId } from '../domain/shared/ids.ts';
import { startChat } from './chat/start-chat.ts';
import { median } from './shared/statistics.ts';

/** A twentieth of what a message costs with all that follows it (`bench:messages`, decision 60); here only chat's views follow. */
const MORE_GOAL_US = 46;
const ROUNDS = 12;
const MESSAGES_IN_ROUND = 1_000;
const AT_ONCE = 20;
const WARM_UP_ROUNDS = 2;
const TEXT = 'x'.repeat(256);
const TIME_TO_LIVE_SECONDS = 86_400;
/** Rarely, for looking costs as well. */
const LOOKED_EVERY_MS = 100;

await using chat = await startChat();
const { commands, contextFor, projections, clock } = chat;
const person = (await commands.signUp({ loginName: 'ann', name: 'Ann', password: '' }, contextOf('ann'))).id;
const [stays, disappears] = [await openChannel(), await openChannel()];
await commands.setDisappearing({ person, channel: disappears, afterSeconds: TIME_TO_LIVE_SECONDS }, contextOf(person));

const cpuUs = new Map<ChannelId, number[]>([
  [stays, []],
  [disappears, []],
]);
for (let round = 0; round < ROUNDS + WARM_UP_ROUNDS; round++) {
  // Each comes first in every other round.
  for (const channel of round % 2 === 0 ? [stays, disappears] : [disappears, stays]) {
    const before = process.cpuUsage();
    await say(channel);
    const { user, system } = process.cpuUsage(before);
    if (round >= WARM_UP_ROUNDS) cpuUs.get(channel)?.push((user + system) / MESSAGES_IN_ROUND);
  }
}
const [without, with_] = [median(cpuUs.get(stays) ?? []), median(cpuUs.get(disappears) ?? [])];
console.log(`${'CPU of a message that stays, to the views'.padEnd(48)} ${without.toFixed(1)} µs`);
console.log(`${'of one that disappears'.padEnd(48)} ${with_.toFixed(1)} µs`);
console.log(`${'more'.padEnd(48)} ${(with_ - without).toFixed(1)} µs (goal: at most ${MORE_GOAL_US} µs)`);

/** Resolves when the views have all of it. */
async function say(channel: ChannelId): Promise<void> {
  for (let said = 0; said < MESSAGES_IN_ROUND; said += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, () => commands.postMessage({ channel, sender: person, text: TEXT, clientId: randomUUID() }, contextOf(person))),
    );
  }
  while ((await projections.status()).some(({ lagEvents }) => lagEvents > 0)) await delay(LOOKED_EVERY_MS);
}

async function openChannel(): Promise<ChannelId> {
  return (await commands.openGroupChannel({ person, members: [] }, contextOf(person))).id;
}

function contextOf(actor: PersonId | 'ann') {
  const made = contextFor({ actor, type: 'bench', key: randomUUID(), fresh: true, body: {}, at: clock() });
  if (made.outcome === 'refused') throw new Error(made.refusal.code);
  return made.context;
}
