import test from 'ava';
import { channel as channelDecider } from '../../domain/chat/channel.ts';
import { isAccepted, isMember } from '../../domain/chat/channel-state.ts';
import { channelStream } from '../../domain/shared/streams.ts';
import { startWorkersForTest } from '../test-fixture.ts';

for (const answer of ['not answered', 'refused'] as const) {
  test(`two people who become friends need not accept the message request between them that was ${answer}`, async (t) => {
    await using work = await startWorkersForTest();
    const { commands, by } = work;
    const [ann, eve] = [await work.person('ann'), await work.person('eve')];
    const { id: channel } = await commands.openDirectChannel({ person: eve, other: ann }, by(eve));
    if (answer === 'refused') await commands.refuseMessageRequest({ person: ann, channel }, by(ann));
    const state = async () => (await work.loadState(channelDecider, channelStream(channel))).state;
    t.false(isAccepted(await state()));
    const { id: request } = await commands.requestFriend({ person: ann, other: eve }, by(ann));
    await commands.acceptFriend({ person: eve, request }, by(eve));
    await work.untilIdle();
    t.true(isAccepted(await state()));
    t.true(isMember(await state(), ann));
  });
}
