import test from 'ava';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { startMemoryRateLimit } from '../../../ports/rate-limit/memory.ts';
import { RateLimitUnavailable } from '../../../ports/rate-limit/port.ts';
import type { WorkersEvent } from '../../telemetry-events.ts';
import { confirmContact } from '../../test-fixture.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { checkSmsLimitsWith, type SmsLimits } from './sms-limits.ts';

async function given(limits: SmsLimits) {
  const rateLimit = await startMemoryRateLimit();
  const reports: WorkersEvent[] = [];
  const check = checkSmsLimitsWith({ rateLimit, report: (event) => void reports.push(event) }, limits);
  let deliveries = 0;
  const send = (phone: string) => check({ phone, delivery: `a-text-${deliveries++}` as DeliveryId, counts: true });
  return { check, send, reports };
}

test('texts go to the countries that are allowed, and to all where none is named', async (t) => {
  const { send, reports } = await given({ countries: ['DE'] });
  t.is(await send('+4930123456'), undefined);
  t.is(await send('+447700900000'), 'country-not-allowed');
  t.is(await send('+80012345678'), 'country-not-allowed', 'a number of no country');
  t.deepEqual(reports, [
    { event: 'sms-held-back', country: 'GB', reason: 'country-not-allowed' },
    { event: 'sms-held-back', country: 'none', reason: 'country-not-allowed' },
  ]);
  t.is(await (await given({})).send('+447700900000'), undefined);
});

test('a block of numbers, and a country, get so many texts an hour', async (t) => {
  const { send, reports } = await given({ blockPerHourMax: 2, countryPerHourMax: 4 });
  t.deepEqual([await send('+4930120001'), await send('+4930120002'), await send('+4930120003')], [undefined, undefined, 'sms-capped']);
  t.deepEqual([await send('+4940120001'), await send('+4950120001'), await send('+4960120001')], [undefined, undefined, 'sms-capped']);
  t.is(await send('+447700900000'), undefined, 'another country');
  t.deepEqual(reports[0], { event: 'sms-held-back', country: 'DE', reason: 'sms-capped' });
});

test('a text counts once, however often it is attempted', async (t) => {
  const { check } = await given({ blockPerHourMax: 1 });
  const text = { phone: '+4930123456', delivery: 'one' as DeliveryId };
  for (const counts of [true, true, false]) t.is(await check({ ...text, counts }), undefined);
  t.is(await check({ ...text, delivery: 'two' as DeliveryId, counts: true }), 'sms-capped');
});

test('while the limits are away texts are sent', async (t) => {
  const rateLimit = { takeOnce: () => Promise.reject(new RateLimitUnavailable('away')) };
  const check = checkSmsLimitsWith({ rateLimit, report: () => undefined }, { blockPerHourMax: 1 });
  t.is(await check({ phone: '+4930123456', delivery: 'one' as DeliveryId, counts: true }), undefined);
});

test('a text over the cap is suppressed with the reason, and an email to the same person is sent', async (t) => {
  await using all = await startDeliveriesForTest(1, { smsLimits: { countryPerHourMax: 1 } });
  const { work, recipients } = all;
  const [person] = recipients as [(typeof recipients)[number]];
  // The code that confirms the number is the one text that there may be.
  await confirmContact(work, { person, kind: 'phone', address: '+4930123456' });
  await confirmContact(work, { person, kind: 'email', address: 'ann@example.org' });
  const deliveries = await all.untilEnded(await all.request({ channels: ['sms', 'email'] }), { count: 2 });
  const told = deliveries.map(({ channel, status, reason }) => `${channel} ${status} ${reason}`);
  t.deepEqual(told.toSorted(), ['email accepted null', 'sms suppressed sms-capped']);
});
