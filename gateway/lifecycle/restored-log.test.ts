/** A client meets a log that was restored from a backup: what it keeps may be of messages that the log doesn't have. */
import test from 'ava';
import { randomUUID } from 'node:crypto';
import type { ChannelId } from '../../domain/shared/ids.ts';
import type { Gateway } from '../gateway.ts';
import { assertNoFaults, givenGateways, type GatewayFixture } from '../test-fixture.ts';
import { connectClient, seqsOf, type Account } from '../testing/client.ts';

const EPOCH = 1_764_417_600;

let given: GatewayFixture;
let restored: Gateway;
let ann: Account;
let channel: ChannelId;

test.before(async () => {
  given = await givenGateways();
  restored = await given.gateway({}, { epoch: EPOCH });
  ann = await given.person();
  channel = await given.openDirectChannel(ann, await given.person());
  for (const text of ['one', 'two', 'three']) await given.postMessage(ann, channel, text);
  await given.untilProjected();
});
test.after.always(() => given[Symbol.asyncDispose]());

for (const [which, epoch] of Object.entries({ 'no epoch': {}, 'an earlier epoch': { epoch: EPOCH - 1 } })) {
  test(`cursors of ${which} recover nothing, though they are below the head, and the client is told the heads to fetch`, async (t) => {
    await using client = await connectClient(restored.url, ann, { device: randomUUID(), cursors: { [channel]: 1 }, ...epoch });
    t.like(client.welcome, { recovered: false, epoch: EPOCH });
    t.true((client.welcome.heads[channel] ?? -1) >= 2);
    const { seq, position } = await client.sendMessage(channel, 'after the restore');
    t.true(seq > 2);
    t.regex(position ?? '', /^1764417600-0\.\d+$/);
    assertNoFaults(t, given, client);
  });
}

test('cursors of this epoch are resumed, and a client without cursors has nothing to recover', async (t) => {
  await using client = await connectClient(restored.url, ann, { device: 'resuming', cursors: { [channel]: 1 }, epoch: EPOCH });
  t.like(client.welcome, { recovered: true, epoch: EPOCH });
  await client.roundTrip();
  t.is(seqsOf(client.frames, channel)[0], 2);
  await using newcomer = await connectClient(restored.url, ann, { device: 'new' });
  t.like(newcomer.welcome, { recovered: true, epoch: EPOCH });
  assertNoFaults(t, given, client, newcomer);
});

test('where the log was never restored there is no epoch, and cursors of one recover nothing', async (t) => {
  const { url } = await given.gateway();
  await using client = await connectClient(url, ann, { device: 'first', cursors: { [channel]: 1 } });
  t.is(client.welcome.recovered, true);
  t.false('epoch' in client.welcome);
  await using other = await connectClient(url, ann, { device: 'other', cursors: { [channel]: 1 }, epoch: EPOCH });
  t.is(other.welcome.recovered, false);
  assertNoFaults(t, given, client, other);
});
