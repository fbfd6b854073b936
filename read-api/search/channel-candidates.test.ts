/** How much of the index a search has in memory at once. */
import test from 'ava';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { BLOCK_MESSAGES, entriesIn, hasEntry, withEntry } from '../../projections/read-models/chat/postings.ts';
import { channelCandidates, loadMore, POSTINGS_AT_ONCE_MAX } from './channel-candidates.ts';
import { messageSearch } from './message-search.ts';

test('however many long channels are searched for however many words, few postings are in memory at once', async (t) => {
  const [channels, blocks] = [100, 300];
  const to = blocks * BLOCK_MESSAGES - 1;
  const keys = Array.from({ length: 8 }, (_, i) => `key${i}`);
  const all = Array.from({ length: channels }, (_, i) => {
    const channel = `room-${i}` as ChannelId;
    const index = { channel, from: 0, to, pending: false };
    return channelCandidates({ channel, index, keys, floor: 0, below: to + 1, newestAt: '2030-01-01T00:00:00.000Z', isInOrder: true });
  });
  let asked = 0;
  const getMany = async (collection: string, ids: readonly string[]) => {
    asked += ids.length;
    return ids.map(() => (collection === 'searched-blocks' ? { since: 0, cut: '' } : undefined));
  };
  const budget = { messagesScanned: 1_000, postingsRead: 1_000_000 };
  const views = { getMany, findPage: () => Promise.reject(new Error('nothing is scanned')) } as never;
  for (let loads = 0; loads < 20; loads++) {
    asked = 0;
    await loadMore(views, messageSearch({ typed: 'a b' }), all, budget);
    t.true(asked > 0 && asked <= POSTINGS_AT_ONCE_MAX, `${asked}`);
  }
});

test('an entry is found among the others, and no other', (t) => {
  const seqs = [500, 501, 535, 536, 700, 999];
  const entries = seqs.reduce((all, seq) => withEntry(all, { seq, at: 1 }), '');
  for (let seq = 500; seq < 1_000; seq++) t.is(hasEntry(entries, seq), seqs.includes(seq), `${seq}`);
  t.false(hasEntry('', 500));
  t.deepEqual(
    Array.from(entriesIn(1, entries), ({ seq }) => seq),
    seqs.toReversed(),
  );
});
