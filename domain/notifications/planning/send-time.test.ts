import test from 'ava';
import { preferences } from '../../people/preferences.ts';
import type { UserState } from '../../people/user.ts';
import { HOUR_MS, plus, type Instant } from '../../shared/instant.ts';
import type { LocalTime } from '../../shared/local-time.ts';
import { faultOfSendTime, firstSendOf, lastSendOf, sendTimeOf, untilSendTime } from './send-time.ts';

const nine = '2027-03-28T09:00:00' as LocalTime;
const sendAtLocal = { time: nine, zone: 'America/New_York' };
const sendAt = '2027-03-28T09:00:00.000Z' as Instant;
const nobody: UserState = { status: 'none' };
const inTokyo: UserState = { status: 'registered', login: 'h', timeZone: 'Asia/Tokyo' };
const unsaid: UserState = { status: 'registered', login: 'h' };
const { initialState: none } = preferences;
const quietInBerlin = { ...none, quietHours: { zone: 'Europe/Berlin', from: '22:00', until: '07:00' } };

test('a recipient’s clock is that of the profile, else of the quiet hours, else the one that the request names', (t) => {
  t.is(sendTimeOf({ sendAtLocal }, { user: inTokyo, preferences: quietInBerlin }), '2027-03-28T00:00:00.000Z' as Instant);
  t.is(sendTimeOf({ sendAtLocal }, { user: unsaid, preferences: quietInBerlin }), '2027-03-28T07:00:00.000Z' as Instant); // since this night it is summer there
  t.is(sendTimeOf({ sendAtLocal }, { user: unsaid, preferences: none }), '2027-03-28T13:00:00.000Z' as Instant);
  t.is(sendTimeOf({ sendAtLocal }, { user: nobody, preferences: none }), '2027-03-28T13:00:00.000Z' as Instant);
});

test('a moment is the same for everybody, and at once is at once', (t) => {
  t.is(sendTimeOf({ sendAt }, { user: inTokyo, preferences: none }), sendAt);
  t.is(sendTimeOf({}, { user: inTokyo, preferences: none }), undefined);
  t.deepEqual([firstSendOf({ sendAt }), lastSendOf({ sendAt }), firstSendOf({}), lastSendOf({})], [sendAt, sendAt, undefined, undefined]);
  t.deepEqual([firstSendOf({ sendAtLocal }), lastSendOf({ sendAtLocal })], ['2027-03-27T19:00:00.000Z', '2027-03-28T21:00:00.000Z'] as Instant[]);
});

test('it waits until the time, and not from the time on', (t) => {
  const recipient = { user: inTokyo, preferences: none };
  const until = '2027-03-28T00:00:00.000Z' as Instant;
  t.deepEqual(untilSendTime({ sendAtLocal }, recipient, plus(until, -1)), { action: 'defer', reason: 'scheduled', until });
  t.is(untilSendTime({ sendAtLocal }, recipient, until), undefined);
  t.is(untilSendTime({ sendAtLocal }, recipient, plus(until, 20 * HOUR_MS)), undefined);
});

test('a moment and a time on a clock exclude one another, and the clock hangs in a zone', (t) => {
  t.is(faultOfSendTime({ sendAtLocal }), undefined);
  t.is(faultOfSendTime({ sendAt }), undefined);
  t.like(faultOfSendTime({ sendAt, sendAtLocal }), { outcome: 'refused', refusal: { code: 'send-at-twice' } });
  t.like(faultOfSendTime({ sendAtLocal: { time: nine, zone: 'Romance Standard Time' } }), {
    outcome: 'refused',
    refusal: { code: 'time-zone-unknown', facts: { zone: 'Romance Standard Time' } },
  });
});
