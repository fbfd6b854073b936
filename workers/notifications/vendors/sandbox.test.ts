import test from 'ava';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { MINUTE_MS } from '../../../domain/shared/instant.ts';
import type { Attempt, Sender } from '../../../ports/sender/port.ts';
import { startWorkersForTest } from '../../test-fixture.ts';
import { deliveriesIn } from '../test-fixture.ts';

test('what a sandbox requests goes to the outbox and to no vendor, and its deliveries say so, while other apps reach people', async (t) => {
  const reached: Attempt[] = [];
  const vendor: Sender = {
    vendor: 'acme',
    channel: 'push',
    send: async (attempt) => {
      reached.push(attempt);
      return { outcome: 'accepted', vendorId: `m-${reached.length}` };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  await using work = await startWorkersForTest({}, { startSenders: ({ outbox }) => [vendor, ...outbox.senders] });
  const { commands, by } = work;
  const person: PersonId = await work.person('ann');
  await work.device(person);
  const request = async (sandbox: boolean) => {
    const { id: app } = await commands.registerApp({ name: 'Shop', sandbox }, by('admin'));
    await commands.enrol({ person, app }, by(person));
    const asked = { source: { kind: 'app', app }, recipients: [person], category: 'news', channels: ['push'], content: { body: 'Hello' } } as const;
    return (await commands.requestNotification(asked, by(`app:${app}`))).id;
  };
  const [inSandbox, live] = [await request(true), await request(false)];
  await work.advanceUntil(async () => (await deliveriesIn(work, [inSandbox, live])).filter(({ status }) => status === 'accepted').length === 2);
  await work.time.advance(MINUTE_MS);
  await work.untilIdle();
  t.deepEqual(
    reached.map(({ notification }) => notification),
    [live],
  );
  const kept = await work.outbox.list({ channel: 'push', limit: 10 });
  t.deepEqual(
    kept.map(({ notification }) => notification),
    [inSandbox],
  );
  const deliveries = await deliveriesIn(work, [inSandbox, live]);
  t.deepEqual(
    deliveries.map(({ sandbox, vendor: by }) => ({ sandbox, isOutbox: by !== 'acme' })),
    [
      { sandbox: true, isOutbox: true },
      { sandbox: undefined, isOutbox: false },
    ],
  );
});
