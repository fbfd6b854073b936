/** For tests of chat's workers: Ann and Bob in a direct channel, Bob with a phone, and what is pushed to them. */
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';
import { CHAT_PUSH_QUEUE } from './schedule-pushes.ts';

/** So long that what happens right after a message happens before its job runs, on a busy machine too. */
export const UNHURRIED = { chatPushAfterMs: 1_000 };

export async function startChatForTest(...[config, options]: Parameters<typeof startWorkersForTest>) {
  const work = await startWorkersForTest(config, options);
  const [ann, bob] = [await work.person('ann'), await work.person('bob')];
  const phone = await work.device(bob);
  await work.commands.openDirectChannel({ person: ann, other: bob }, work.by(ann));
  const { id: channel } = await work.commands.openDirectChannel({ person: bob, other: ann }, work.by(bob)); // accepts it
  await work.untilIdle();
  return { work, ann, bob, phone, channel };
}

/** Jobs of messages are lost from here on, until the function that is returned is called. */
export function dropJobs({ jobs }: TestWorkers): () => void {
  const add = jobs.add.bind(jobs);
  Object.assign(jobs, { add: async (queue: string, added: readonly Job[]) => (queue === CHAT_PUSH_QUEUE ? undefined : add(queue, added)) });
  return () => void Object.assign(jobs, { add });
}

let posted = 0;
export const post = async ({ commands, by }: TestWorkers, channel: ChannelId, sender: PersonId, text = 'hello'): Promise<number> => {
  const result = await commands.postMessage({ channel, sender, text, clientId: `client-${posted++}` }, by(sender));
  return result.outcome === 'appended' ? result.revision : -1;
};

/** Every push that was requested for the person. */
export const pushesTo = async ({ views }: TestWorkers, person: PersonId) => {
  const received = await views.find('deliveries', { where: { recipient: person }, limit: 500 });
  const all = await views.getMany('notifications', [...new Set(received.map(({ notification }) => notification))]);
  return all.filter((one) => one !== undefined);
};

/** The words of all pushes that were sent, the oldest first: they are made when a push is sent, and not kept with its request. */
export const pushedWords = async ({ outbox }: TestWorkers): Promise<readonly string[]> =>
  (await outbox.list({ channel: 'push', limit: 100 })).map(({ body }) => body).toReversed();

export const statusesOf = async ({ views }: TestWorkers, person: PersonId) =>
  (await views.find('deliveries', { where: { recipient: person }, order: { aboutSeq: 1 }, limit: 100 }))
    .filter(({ channel }) => channel === 'push')
    .map(({ status }) => status);

/** Resolves when the job of this message, or of a newer one, has run. */
export const untilLookedAt = (work: TestWorkers, channel: ChannelId, seq: number) =>
  work.advanceUntil(async () => ((await work.stored.get<{ readonly seq: number }>('looked-at', channel))?.seq ?? -1) >= seq, { stepMs: 0 });
