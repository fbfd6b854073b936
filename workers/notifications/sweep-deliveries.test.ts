import test from 'ava';
import type { PersonId } from '../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, plus } from '../../domain/shared/instant.ts';
import { givenDeliveries } from './given.ts';

test('of any number that are due at the same moment, all are looked after at once, and not a page at a sweep', async (t) => {
  const count = 1_000;
  await using all = await givenDeliveries(0);
  const { work } = all;
  const recipients = Array.from({ length: count }, (_, i) => `nobody-${i}` as PersonId);
  const sendAt = plus(work.clock(), HOUR_MS);
  const notification = await all.request({ recipients, sendAt });
  await work.quiet();
  await work.time.advance(HOUR_MS - MINUTE_MS);
  const changed = async () => (await all.deliveries(notification)).map(({ changedAt }) => changedAt).filter((changedAt) => changedAt >= sendAt);
  await work.timeUntil(async () => (await changed()).length === count, { stepMs: SECOND_MS });
  t.is(new Set(await changed()).size, 1);
});
