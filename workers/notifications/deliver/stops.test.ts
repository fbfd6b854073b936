import test from 'ava';
import { confirmedContact } from '../../../commands/test-fixture.ts';
import type { OutboxMessage } from '../../../ports/sender/port.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';

const newest = async ({ work }: Awaited<ReturnType<typeof startDeliveriesForTest>>, channel: OutboxMessage['channel']) =>
  (await work.outbox.list({ channel, limit: 1 }))[0];

test('a phone that has stopped a number gets no text from it, and gets those from another one', async (t) => {
  await using given = await startDeliveriesForTest(1);
  const { work, app, recipients } = given;
  const [person] = recipients;
  if (person === undefined) return t.fail();
  await confirmedContact({ vault: work.vault, context: (actor) => work.by(actor) }, work, { person, kind: 'phone', address: '+4930123456' });
  const statusOf = async () => {
    const [delivery] = await given.untilEnded(await given.request({ channels: ['sms'] }));
    return delivery?.status === 'suppressed' ? delivery.reason : delivery?.status;
  };
  const identify = (from: string) => work.commands.setSenderIdentity({ app, identity: { sms: { from } } }, work.by('admin'));
  await identify('+15005550006');
  t.is(await statusOf(), 'accepted');
  await work.commands.stopSms({ phone: '+4930123456', sender: '+15005550006' }, work.by('test'));
  t.is(await statusOf(), 'blocked-stop');
  await identify('+15005550009');
  t.is(await statusOf(), 'accepted');
});

test('emails that are not critical have a link to unsubscribe by one click, and pushes name their delivery', async (t) => {
  await using given = await startDeliveriesForTest(1, { publicUrl: 'https://tidings.example' });
  const { work, recipients } = given;
  const [person] = recipients;
  if (person === undefined) return t.fail();
  await confirmedContact({ vault: work.vault, context: (actor) => work.by(actor) }, work, { person, kind: 'email', address: 'ann@example.org' });
  await given.untilEnded(await given.request({ channels: ['email'] }));
  const { headers } = (await newest(given, 'email')) ?? {};
  t.is(headers?.['List-Unsubscribe-Post'], 'List-Unsubscribe=One-Click');
  const [, token = ''] = /^<https:\/\/tidings\.example\/v1\/unsubscribe\/([\w-]+)>$/.exec(headers?.['List-Unsubscribe'] ?? '') ?? [];
  t.deepEqual(work.commands.unsubscriptionIn(token), { app: given.app, person, channel: 'email', category: 'news' });

  await given.untilEnded(await given.request({ channels: ['email'], critical: true }));
  t.is((await newest(given, 'email'))?.headers, undefined);

  const [delivery] = await given.untilEnded(await given.request({ channels: ['push'] }));
  t.is((await newest(given, 'push'))?.data?.['delivery'], delivery?.delivery);
});
