import test from 'ava';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../domain/shared/instant.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';

const TTL_SECONDS = (7 * DAY_MS) / SECOND_MS;

for (const [does, config] of [
  ['be-unavailable', {}],
  // Its breaker never opens here, so that nothing but the delays spares the vendor.
  ['hang', { breaker: { failuresMax: 1_000, openMs: 1, openMaxMs: 1 } }],
] as const)
  test(`while a vendor is away for three hours nothing is lost of what lives for a week: it does ${does}`, async (t) => {
    await using all = await startDeliveriesForTest(3, config, { resolvesAttempts: true });
    await all.work.outbox.behave({ push: { does, extent: { forMs: 3 * HOUR_MS } } });
    const deliveries = await all.untilEnded(await all.request({ ttlSeconds: TTL_SECONDS }), { stepMs: MINUTE_MS });
    t.deepEqual(
      deliveries.map(({ status }) => status),
      ['accepted', 'accepted', 'accepted'],
    );
    t.is((await all.sent()).length, 3, 'each of them once');
    t.true(
      deliveries.every(({ attempt }) => attempt < 100),
      'the vendor was spared',
    );
  });

test('a vendor is plugged out while deliveries run: what waits goes to another, and is its own again once it is plugged in', async (t) => {
  await using all = await startDeliveriesForTest(8, { breaker: { failuresMax: 1_000, openMs: 1, openMaxMs: 1 } }, { vendors: 'two' });
  const { work } = all;
  await work.outbox.behave({ push: { does: 'be-unavailable', extent: { forMs: DAY_MS } } });
  const first = await all.request();
  await work.advanceUntil(async () => (await all.deliveries(first)).some(({ status }) => status === 'waiting'));
  await work.commands.plugVendorOut({ vendor: 'outbox-push' }, work.by('operator'));
  await all.untilEnded(first);
  const second = await all.request();
  const ended = await all.untilEnded([first, second], { count: 16 });
  t.deepEqual(new Set(ended.map(({ status, vendor }) => `${status} by ${vendor}`)), new Set(['accepted by second-push']));

  await work.outbox.behave({ push: { does: 'accept' } });
  await work.commands.plugVendorIn({ vendor: 'outbox-push' }, work.by('operator'));
  await work.time.advance(MINUTE_MS);
  const third = await all.untilEnded(await all.request());
  t.deepEqual(new Set(third.map(({ status, vendor }) => `${status} by ${vendor}`)), new Set(['accepted by outbox-push']));
});

test('one vendor hangs, with all that may run at once of it waiting, and the deliveries of others go on', async (t) => {
  await using all = await startDeliveriesForTest(6, { deliverConcurrency: 2, attemptDeadlineMs: 60_000 }, { vendors: 'two' });
  const { work, recipients } = all;
  const rules = [
    { channel: 'push', countries: ['DE'], vendors: [{ vendor: 'outbox-push' }] },
    { channel: 'push', vendors: [{ vendor: 'second-push' }] },
  ] as const;
  await work.commands.setRoutingRules({ rules }, work.by('operator'));
  const [inGermany, elsewhere] = [recipients.slice(0, 3), recipients.slice(3)];
  for (const person of inGermany) await work.commands.changeProfile({ person, country: 'DE' }, work.by(person));
  await work.time.advance(MINUTE_MS);
  await work.outbox.behave({ push: { does: 'hang' } });
  const stuck = await all.request({ recipients: inGermany });
  const statuses = async (of: typeof stuck) => (await all.deliveries(of)).map(({ status }) => status).toSorted();
  const looks = async (of: typeof stuck, expected: readonly string[]) => {
    while ((await statuses(of)).join() !== expected.join()) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await looks(stuck, ['attempting', 'attempting', 'queued']);
  const others = await all.request({ recipients: elsewhere });
  await looks(others, ['accepted', 'accepted', 'accepted']);
  t.deepEqual(await statuses(stuck), ['attempting', 'attempting', 'queued']);
});

test('where no other vendor serves it, a delivery waits for the vendor that is plugged out', async (t) => {
  await using all = await startDeliveriesForTest(2);
  const { work } = all;
  await work.commands.plugVendorOut({ vendor: 'outbox-push' }, work.by('operator'));
  await work.time.advance(MINUTE_MS);
  const notification = await all.request();
  await work.untilIdle();
  await work.time.advance(HOUR_MS);
  await work.untilIdle();
  t.deepEqual(await all.sent(), []);
  t.deepEqual(new Set((await all.deliveries(notification)).map(({ status }) => status)), new Set(['queued']));
  await work.commands.plugVendorIn({ vendor: 'outbox-push' }, work.by('operator'));
  await all.untilEnded(notification);
  t.is((await all.sent()).length, 2);
});

test('a market’s vendors serve its people alone, and no push goes to a device of FCM in China', async (t) => {
  await using all = await startDeliveriesForTest(3, {}, { vendors: 'two' });
  const { work, recipients } = all;
  const [ann, bob, cyd] = recipients as [(typeof recipients)[number], (typeof recipients)[number], (typeof recipients)[number]];
  await work.commands.changeProfile({ person: ann, country: 'DE' }, work.by(ann));
  await work.commands.changeProfile({ person: bob, country: 'FR' }, work.by(bob));
  const rules = [
    { channel: 'push', countries: ['DE'], vendors: [{ vendor: 'second-push' }] },
    { channel: 'push', countries: ['FR'], vendors: [{ vendor: 'nobody' }, { vendor: 'outbox-push' }] },
    { channel: 'push', vendors: [{ vendor: 'second-push', weight: 1 }] },
  ] as const;
  await work.commands.setRoutingRules({ rules }, work.by('operator'));
  await work.time.advance(MINUTE_MS);
  const deliveries = await all.untilEnded(await all.request());
  const vendorOf = (person: string) => deliveries.find(({ recipient }) => recipient === person)?.vendor;
  t.deepEqual([vendorOf(ann), vendorOf(bob), vendorOf(cyd)], ['second-push', 'second-push', 'second-push'].with(1, 'outbox-push'));
});

test('servers that browsers have named open no breaker for the others, whatever they answer', async (t) => {
  let asked = 0;
  const startSenders: NonNullable<Parameters<typeof startDeliveriesForTest>[2]>['startSenders'] = ({ outbox }) =>
    outbox.senders.map((sender) => {
      if (sender.channel !== 'push') return sender;
      const refusal = { outcome: 'rejected', reason: 'http-401', account: true } as const;
      const failure = { outcome: 'unknown', reason: 'http-500' } as const;
      return { ...sender, isManyServers: true, send: async () => (asked++ % 2 === 0 ? refusal : failure) };
    });
  await using all = await startDeliveriesForTest(12, { breaker: { failuresMax: 1, openMs: HOUR_MS, openMaxMs: HOUR_MS } }, { startSenders });
  await all.request();
  await all.work.advanceUntil(() => asked > 12);
  t.deepEqual(
    all.work.reports.filter(({ event }) => event === 'breaker-opened'),
    [],
  );
});
