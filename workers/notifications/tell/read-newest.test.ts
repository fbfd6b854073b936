import test from 'ava';
import { Undecodable } from '../../../ports/event-log/codec.ts';
import { readNewest } from './read-newest.ts';

type Reader = Parameters<typeof readNewest>[0];

/** A stream of so many events, of which the one at `broken` can't be decoded; and the pages that were read of it. */
function givenStream(events: number, broken?: number) {
  const pages: (number | 'end')[] = [];
  const log = {
    async *readStream(_: string, { from, limit }: { from: number | 'end'; limit: number }) {
      pages.push(from);
      const newest = from === 'end' ? events - 1 : from;
      for (let revision = newest; revision >= 0 && revision > newest - limit; revision--) yield { revision };
    },
  };
  const codec = {
    decodeAll: async (page: readonly { revision: number }[]) =>
      page.map((event) => (event.revision === broken ? Object.assign(Object.create(Undecodable.prototype) as object, event) : event)),
  };
  return { pages, reader: { log, codec } as unknown as Reader };
}

async function revisionsOf(reader: Reader, eventsMax: number, until = -1): Promise<readonly number[]> {
  const revisions: number[] = [];
  for await (const { revision } of readNewest(reader, 'a-stream', eventsMax)) {
    revisions.push(revision);
    if (revision === until) break;
  }
  return revisions;
}

const downFrom = (newest: number, oldest: number) => Array.from({ length: newest - oldest + 1 }, (_, i) => newest - i);

test('reads a stream backwards in pages, each event once, down to its first', async (t) => {
  const { reader, pages } = givenStream(120);
  t.deepEqual(await revisionsOf(reader, 1_000), downFrom(119, 0));
  t.deepEqual(pages, ['end', 69, 19]);
});

test('reads no more events than it may, and no further page than the reader needs', async (t) => {
  t.deepEqual(await revisionsOf(givenStream(120).reader, 60), downFrom(119, 60));
  const { reader, pages } = givenStream(120);
  t.deepEqual(await revisionsOf(reader, 1_000, 100), downFrom(119, 100));
  t.deepEqual(pages, ['end']);
});

test('an empty stream and one of a single event end, and what can’t be decoded is left out', async (t) => {
  t.deepEqual(await revisionsOf(givenStream(0).reader, 10), []);
  t.deepEqual(await revisionsOf(givenStream(1).reader, 10), [0]);
  t.deepEqual(await revisionsOf(givenStream(3, 1).reader, 10), [2, 0]);
});
