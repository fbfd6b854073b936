import test from 'ava';
import { confirmedContact } from '../../../commands/test-fixture.ts';
import type { OutboxMessage } from '../../../ports/sender/port.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';

type StartSenders = NonNullable<NonNullable<Parameters<typeof startDeliveriesForTest>[2]>['startSenders']>;

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

for (const [title, channel, said, next, fromAnother] of [
  ['a phone whose number a vendor calls gone gets no more texts, from whichever number', 'sms', 'unregistered', 'blocked-hard-bounce', 'blocked-hard-bounce'],
  ['a phone of which a vendor says that it has sent STOP gets no more texts from that number alone', 'sms', 'stop', 'blocked-stop', 'accepted'],
  ['an address that a vendor calls gone gets no more emails, as one that bounced', 'email', 'unregistered', 'blocked-hard-bounce', 'blocked-hard-bounce'],
  ['an address of which a vendor says that it wants no more gets no more emails, as one that said so', 'email', 'stop', 'blocked-stop', 'blocked-stop'],
] as const)
  test(title, async (t) => {
    let lost = 1;
    const startSenders: StartSenders = ({ outbox }) =>
      outbox.senders.map((sender) => {
        if (sender.channel !== channel) return sender;
        const send: typeof sender.send = async (attempt) =>
          attempt.category === 'news' && lost-- > 0 ? { outcome: 'rejected', reason: said, endpointLost: true } : sender.send(attempt);
        return { ...sender, send };
      });
    await using given = await startDeliveriesForTest(1, {}, { startSenders });
    const { work, app, recipients } = given;
    const [person] = recipients;
    if (person === undefined) return t.fail();
    const contact = channel === 'sms' ? ({ kind: 'phone', address: '+4930123456' } as const) : ({ kind: 'email', address: 'ann@example.org' } as const);
    await confirmedContact({ vault: work.vault, context: (actor) => work.by(actor) }, work, { person, ...contact });
    const outcomeOf = async () => {
      const [delivery] = await given.untilEnded(await given.request({ channels: [channel] }));
      return delivery?.reason ?? delivery?.status;
    };
    t.deepEqual([await outcomeOf(), await outcomeOf()], [said, next]);
    await work.commands.setSenderIdentity({ app, identity: { sms: { from: '+15005550009' } } }, work.by('admin'));
    t.is(await outcomeOf(), fromAnother);
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
