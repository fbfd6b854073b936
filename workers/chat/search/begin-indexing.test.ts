import test from 'ava';
import { channel } from '../../../domain/chat/channel.ts';
import { indexing, type IndexingEvent } from '../../../domain/chat/search/indexing.ts';
import { given } from '../../../domain/shared/given-when-then.ts';
import { indexingStream } from '../../../domain/shared/streams.ts';
import { ann, at, bob, group, id } from '../../../domain/chat/test-fixture.ts';
import { INDEXING_QUEUE, indexingJob } from '../../../projections/read-models/chat/indexing-jobs.ts';
import { startWorkersForTest } from '../../test-fixture.ts';
import { beginIndexing } from './begin-indexing.ts';

test('a channel begins to be indexed once, for a member', (t) => {
  const membership = channel.evolve(channel.initialState, group);
  const begin = { type: 'begin', channel: id, actor: ann, membership, at } as const;
  const begun: IndexingEvent = { type: 'chat.indexing-begun.v1', data: { channel: id, at } };
  given(indexing).when(begin).then(t, begun);
  given(indexing, begun).when(begin).then(t);
  given(indexing)
    .when({ ...begin, actor: bob })
    .thenRefused(t, 'channel-unknown');
});

test('whoever searches first, however often and in however many processes it is asked for, there is one event, and none for an outsider', async (t) => {
  await using work = await startWorkersForTest();
  const { commands, by, jobs, log, views } = work;
  const [ada, eve] = [await work.person('ada'), await work.person('eve')];
  const { id: room } = await commands.openGroupChannel({ person: ada, members: [], title: 'Room' }, by(ada));
  await commands.postMessage({ channel: room, sender: ada, text: 'hello', clientId: 'c' }, by(ada));
  const eventsOf = async () => (await Array.fromAsync(log.readStream(indexingStream(room)))).length;

  await jobs.add(INDEXING_QUEUE, [indexingJob(room, eve)]);
  await work.untilIdle();
  t.is(await eventsOf(), 0);

  const indexMessages = () => Promise.resolve(0);
  const elsewhere = beginIndexing({ ...work, indexMessages });
  await Promise.all([jobs.add(INDEXING_QUEUE, [indexingJob(room, ada)]), elsewhere(indexingJob(room, ada)), elsewhere(indexingJob(room, ada))]);
  await work.untilIdle();
  await elsewhere(indexingJob(room, ada));
  t.is(await eventsOf(), 1);
  await work.advanceUntil(async () => (await views.get('searched-channels', room))?.pending === false);
  t.like(await views.get('searched-channels', room), { from: 0 });
});
