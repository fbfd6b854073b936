/** A change of what protects an account is told to its person on every way there is, whatever they have opted out of. */
import test from 'ava';
import { securityContent } from '../../domain/notifications/security-notice.ts';
import { confirmContact, startWorkersForTest } from '../test-fixture.ts';

test('a changed password is told at the email address and on every device, once, and stands in the list of notifications', async (t) => {
  await using work = await startWorkersForTest();
  const [ann, bob] = [await work.person('ann'), await work.person('bob')];
  await work.device(ann);
  await work.device(bob);
  await confirmContact(work, { person: ann, kind: 'email', address: 'ann@example.org' });
  await work.commands.setPreferences({ person: ann, choices: [{ category: '*', channel: '*', wanted: false }] }, work.by(ann));
  const change = { person: ann, session: 'none', password: '', newPassword: 'a stable full of staples' };
  t.is((await work.commands.changePassword(change, work.clock())).outcome, 'changed');
  const sent = async () => (await work.outbox.list({ limit: 100 })).filter(({ category }) => category === 'account-security');
  await work.advanceUntil(async () => (await sent()).length >= 2);
  await work.time.advance(60_000);
  await work.untilIdle();
  const { title, body } = securityContent('password-changed');
  const told = (await sent()).map((message) => [message.channel, message.title, message.body].join(' '));
  t.deepEqual(
    told.toSorted(),
    ['email', 'push'].map((channel) => [channel, title, body].join(' ')),
  );
  const received = await work.views.find('centre-items', { where: { person: ann }, limit: 10 });
  t.deepEqual(
    received.map(({ from, category }) => [from, category]),
    [['security', 'account-security']],
  );
  t.deepEqual(await work.views.find('centre-items', { where: { person: bob }, limit: 10 }), []);
});
