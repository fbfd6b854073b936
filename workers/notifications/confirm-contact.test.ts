/** What is sent to an address that nobody has confirmed, and to one that was. */
import test from 'ava';
import { confirmContact } from '../test-fixture.ts';
import { startDeliveriesForTest } from './test-fixture.ts';

test('a stranger’s address gets a code and nothing else, and critical messages neither', async (t) => {
  await using all = await startDeliveriesForTest(0);
  const { work, app } = all;
  const eve = await work.person('eve');
  await work.commands.enrol({ person: eve, app }, work.by(eve));
  await work.commands.setContact({ person: eve, kind: 'email', address: 'stranger@example.org' }, work.by(eve));
  await work.commands.setContact({ person: eve, kind: 'phone', address: '+4915112345678' }, work.by(eve));
  for (const critical of [false, true]) {
    const notification = await all.request({ recipients: [eve], channels: ['email', 'sms'], critical });
    const deliveries = await all.untilEnded([notification], { count: 2 });
    t.deepEqual(deliveries.map(({ channel, status, reason }) => [channel, status, reason].join(' ')).toSorted(), [
      'email suppressed unconfirmed',
      'sms suppressed unconfirmed',
    ]);
  }
  await work.untilIdle();
  const sent = await work.outbox.list({ limit: 100 });
  t.deepEqual(sent.map(({ to, category }) => [to, category].join(' ')).toSorted(), ['+4915112345678 account', 'stranger@example.org account']);
  for (const { body } of sent) {
    t.regex(body, /^\d{8} confirms/);
    t.false(body.includes('eve'), 'it says nothing of who asked');
  }
});

test('a confirmed address gets what is sent from then on, also what waited', async (t) => {
  await using all = await startDeliveriesForTest(0);
  const { work, app } = all;
  const ann = await work.person('ann');
  await work.commands.enrol({ person: ann, app }, work.by(ann));
  await confirmContact(work, { person: ann, kind: 'email', address: 'ann@example.org' });
  await work.untilIdle();
  const deliveries = await all.untilEnded([await all.request({ recipients: [ann], channels: ['email'] })], { count: 1 });
  t.deepEqual(
    deliveries.map(({ status }) => status),
    ['accepted'],
  );
  await work.commands.setContact({ person: ann, kind: 'email', address: 'stranger@example.org' }, work.by(ann));
  await work.untilIdle();
  await all.untilEnded([await all.request({ recipients: [ann], channels: ['email'] })], { count: 1 });
  const messages = (await work.outbox.list({ limit: 100 })).filter(({ category }) => category !== 'account');
  t.deepEqual(
    messages.map(({ to }) => to),
    ['ann@example.org', 'ann@example.org'],
    'until the other one is confirmed',
  );
});

test('no code is in the list of notifications: it is for whoever reads what arrives at the address', async (t) => {
  await using all = await startDeliveriesForTest(0);
  const { work } = all;
  const eve = await work.person('eve');
  await work.commands.setContact({ person: eve, kind: 'email', address: 'stranger@example.org' }, work.by(eve));
  await work.untilIdle();
  t.is((await work.outbox.list({ limit: 10 })).length, 1);
  t.deepEqual(await work.views.find('centre-items', { where: { person: eve }, limit: 10 }), []);
});

test('the code of an address that was replaced is not sent', async (t) => {
  await using all = await startDeliveriesForTest(0);
  const { work } = all;
  const ann = await work.person('ann');
  await work.outbox.behave({ email: { does: 'be-unavailable' } });
  await work.commands.setContact({ person: ann, kind: 'email', address: 'first@example.org' }, work.by(ann));
  await work.untilIdle();
  await work.commands.setContact({ person: ann, kind: 'email', address: 'second@example.org' }, work.by(ann));
  await work.untilIdle();
  await work.outbox.behave({ email: { does: 'accept' } });
  await work.advanceUntil(async () => (await work.outbox.list({ limit: 10 })).length > 0, { stepMs: 5_000 });
  await work.time.advance(600_000);
  await work.untilIdle();
  t.deepEqual(
    (await work.outbox.list({ limit: 10 })).map(({ to }) => to),
    ['second@example.org'],
  );
});
