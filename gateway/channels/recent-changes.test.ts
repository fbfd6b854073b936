import test from 'ava';
import { randomUUID } from 'node:crypto';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { createRecentChanges, forgetDeparture, hasDeparted, isBlockRecent, forgetBlock, rememberBlock, rememberDeparture } from './recent-changes.ts';

const [ann, bob] = [randomUUID() as PersonId, randomUUID() as PersonId];
const channel = randomUUID() as ChannelId;

function given() {
  const time = { ms: 0 };
  return { time, recent: createRecentChanges(() => time.ms) };
}

test('a departure holds for half a minute, or until the person comes again', (t) => {
  const { time, recent } = given();
  t.false(hasDeparted(recent, channel, ann));
  rememberDeparture(recent, channel, ann);
  t.true(hasDeparted(recent, channel, ann));
  t.false(hasDeparted(recent, channel, bob));
  forgetDeparture(recent, channel, ann);
  t.false(hasDeparted(recent, channel, ann));

  rememberDeparture(recent, channel, ann);
  time.ms = 29_999;
  t.true(hasDeparted(recent, channel, ann));
  time.ms = 30_000;
  t.false(hasDeparted(recent, channel, ann));
  t.is(recent.departures.size, 0);
});

test('a block holds for both, whoever asks', (t) => {
  const { recent } = given();
  rememberBlock(recent, ann, bob);
  t.true(isBlockRecent(recent, ann, bob) && isBlockRecent(recent, bob, ann));
  forgetBlock(recent, bob, ann);
  t.false(isBlockRecent(recent, ann, bob));
});

test('of more changes than are remembered the oldest are forgotten, and one that happened again is not old', (t) => {
  const { recent } = given();
  const channels = Array.from({ length: 10_001 }, (_, n) => `c${n}` as ChannelId);
  for (const one of channels.slice(0, 10_000)) rememberDeparture(recent, one, ann);
  rememberDeparture(recent, channels[0] as ChannelId, ann);
  rememberDeparture(recent, channels[10_000] as ChannelId, ann);
  t.is(recent.departures.size, 10_000);
  t.deepEqual(
    [0, 1, 2, 10_000].map((n) => hasDeparted(recent, channels[n] as ChannelId, ann)),
    [true, false, true, true],
  );
});
