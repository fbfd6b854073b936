/** A message is pushed to no one across a block, and to nobody while a message request is not accepted. */
import test from 'ava';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import { explainChatPush } from './chat-push-checks.ts';
import { post, pushedWords, pushesTo, startChatForTest, UNHURRIED, untilLookedAt } from './test-fixture.ts';

for (const blocks of ['the recipient blocks the sender', 'the sender blocks the recipient'] as const) {
  test(`in a group, ${blocks}: the message is not pushed, and an earlier one of somebody else is`, async (t) => {
    const { work, ann, bob } = await startChatForTest(UNHURRIED);
    await using _ = work;
    const { commands, by } = work;
    const eve = await work.person('eve');
    const { id: group } = await commands.openGroupChannel({ person: ann, members: [bob, eve] }, by(ann));
    for (const person of [bob, eve]) await commands.acceptInvitation({ person, channel: group }, by(person));
    const [person, other] = blocks === 'the recipient blocks the sender' ? [bob, eve] : [eve, bob];
    await commands.block({ person, other }, by(person));
    await untilLookedAt(work, group, await post(work, group, eve, 'of Eve alone'));
    await work.untilIdle();
    t.deepEqual(await pushesTo(work, bob), []);
    await post(work, group, ann, 'of Ann');
    await untilLookedAt(work, group, await post(work, group, eve, 'of Eve'));
    await work.advanceUntil(async () => (await pushedWords(work)).length > 0);
    t.deepEqual(await pushedWords(work), ['of Ann']);
  });
}

test('a message request is pushed to nobody until it is accepted', async (t) => {
  const { work, bob } = await startChatForTest();
  await using _ = work;
  const { commands, by } = work;
  const eve = await work.person('eve');
  const { id: channel } = await commands.openDirectChannel({ person: eve, other: bob }, by(eve));
  const seq = await post(work, channel, eve, 'buy this');
  await untilLookedAt(work, channel, seq);
  await work.untilIdle();
  t.deepEqual(await pushesTo(work, bob), []);
  t.is((await explainChatPush(work, { person: bob, channel, seq })).reason, 'request-pending');
  await commands.acceptMessageRequest({ person: bob, channel }, by(bob));
  await untilLookedAt(work, channel, await post(work, channel, eve, 'thank you'));
  await work.advanceUntil(async () => (await pushedWords(work)).length > 0, { patienceMs: 10 * MINUTE_MS });
  t.deepEqual(await pushedWords(work), ['thank you']);
});
