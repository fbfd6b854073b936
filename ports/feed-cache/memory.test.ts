import test from 'ava';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { feedCacheContract } from './contract.ts';
import { startMemoryFeedCache } from './memory.ts';

feedCacheContract('memory', () => startMemoryFeedCache({ feedsMax: 1_000 }));

test('when there are too many feeds, the least recently read one becomes cold', async (t) => {
  await using cache = await startMemoryFeedCache({ feedsMax: 3 });
  const readers = ['ann', 'bob', 'eve', 'dan'] as PersonId[];
  const page = { posts: [], floor: null };
  for (const reader of readers.slice(0, 3)) await cache.warm(reader, await cache.beginBuild(reader), page);
  await cache.page('ann' as PersonId, { limit: 1 });
  await cache.add('p1' as PostId, ['bob'] as PersonId[]); // a write doesn't count as a read
  await cache.warm('dan' as PersonId, await cache.beginBuild('dan' as PersonId), page);
  const warm = await Promise.all(readers.map(async (reader) => (await cache.page(reader, { limit: 1 })) !== undefined));
  t.deepEqual(warm, [true, false, true, true]);
});
