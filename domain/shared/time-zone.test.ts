import test from 'ava';
import { instant, type Instant } from './instant.ts';
import { isTimeZone, minuteOfDay, minutesOf } from './time-zone.ts';

test('knows IANA names, old ones and UTC too', (t) => {
  for (const zone of ['Europe/Berlin', 'Asia/Kolkata', 'Asia/Calcutta', 'America/Argentina/Buenos_Aires', 'UTC']) t.true(isTimeZone(zone), zone);
});

test('refuses anything but the name of a zone, offsets included', (t) => {
  for (const zone of ['', 'Europe/Atlantis', '+02:00', 'Berlin', '../etc']) t.false(isTimeZone(zone), zone);
});

test('tells wall-clock time, half-hour offsets and midnight included', (t) => {
  const at = '2025-07-01T18:30:59.999Z' as Instant;
  t.is(minuteOfDay(at, 'UTC'), minutesOf('18:30'));
  t.is(minuteOfDay(at, 'Europe/Berlin'), minutesOf('20:30'));
  t.is(minuteOfDay(at, 'Asia/Kolkata'), minutesOf('00:00'));
  t.is(minuteOfDay(instant(0), 'UTC'), 0);
});
