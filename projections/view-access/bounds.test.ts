/** How much one question to the funnel, and one search of deliveries, may read. */
import test from 'ava';
import type { AppId, PersonId } from '../../domain/shared/ids.ts';
import type { Day } from '../../domain/shared/instant.ts';
import type { DocumentQuery } from '../../ports/views/port.ts';
import { DELIVERY_COUNTS } from '../read-models/funnel/count-delivery.ts';
import { countedId } from '../read-models/funnel/counted-key.ts';
import { findDeliveries, SEARCHED_MAX } from './find-deliveries.ts';
import { FUNNEL_DOCUMENTS_MAX, readFunnel } from './funnel.ts';
import type { TidingsViews } from './tidings-views.ts';

const day = '2026-07-01' as Day;

/** So many documents of one count each, in one collection; it answers as a view store does, and tells how many it has answered. */
function countsOf(documents: number) {
  const ids = Array.from({ length: documents }, (_, n) =>
    countedId({ day, source: 'chat', category: `c${n}`, template: null, channel: 'push' }, 'delivery-one'),
  ).toSorted();
  const none = Object.fromEntries(DELIVERY_COUNTS.map((count) => [count, 0]));
  let answered = 0;
  const find = async (collection: string, { range, limit }: DocumentQuery) => {
    if (collection !== 'funnel-deliveries') return [];
    const after = String(range?.after ?? '');
    const first = ids.findIndex((id) => id > after);
    const page = first < 0 ? [] : ids.slice(first, first + limit);
    answered += page.length;
    return page.map((_id) => ({ ...none, planned: 1, _id }));
  };
  return { views: { find } as unknown as Pick<TidingsViews, 'find'>, answered: () => answered };
}

test('counts are added up over all pages of a collection', async (t) => {
  const { views } = countsOf(12_345);
  const funnel = await readFunnel(views, { from: day, until: day, by: [] });
  t.like(funnel, { outcome: 'read', rows: [{ planned: 12_345, inProgress: 12_345, sent: 0 }] });
});

test('a question about more than may be read at once says so, and reads little more than that', async (t) => {
  const { views, answered } = countsOf(FUNNEL_DOCUMENTS_MAX + 20_000);
  t.deepEqual(await readFunnel(views, { from: day, until: day, by: ['category'] }), { outcome: 'too-much' });
  t.true(answered() <= FUNNEL_DOCUMENTS_MAX + 5_000, String(answered()));
});

const shop = 'shop' as AppId;
const ann = 'ann' as PersonId;
const fiveDigits = (n: number) => String(n).padStart(5, '0');

/** So many deliveries to one person, of which each `every`-th is of the shop; `bytes`: of each. */
function deliveriesOf(count: number, { every = 1, bytes = 10 } = {}) {
  const texts = Array.from({ length: count }, (_, n) => `2026-07-01T09:30:00.000Z_${fiveDigits(count - n)}`);
  let [read, asked] = [0, 0];
  const views = {
    pluck: async (_collection: string, _field: string, { range, limit }: DocumentQuery) => {
      asked += 1;
      const before = String(range?.before ?? '~');
      return texts.filter((text) => text < before).slice(0, limit);
    },
    getFirst: async (_collection: string, ids: readonly string[], bytesMax: number) => {
      const fitting = ids.slice(0, Math.max(1, Math.floor(bytesMax / bytes)));
      read += fitting.length;
      return fitting.map((delivery) => ({
        delivery,
        app: Number(delivery) % every === 0 ? shop : null,
        recipient: ann,
        status: 'accepted',
        text: 'x'.repeat(bytes),
      }));
    },
  };
  return { views: views as unknown as Pick<TidingsViews, 'pluck' | 'getFirst'>, read: () => read, asked: () => asked };
}

/** All pages, and how many deliveries each has. */
async function allPages(views: Pick<TidingsViews, 'pluck' | 'getFirst'>, { limit, bytesMax }: { readonly limit: number; readonly bytesMax: number }) {
  const [found, sizes]: [string[], number[]] = [[], []];
  for (let next: string | null | undefined; next !== null;) {
    const page = await findDeliveries(views, { person: ann, app: shop }, { limit, bytesMax, ...(next !== undefined && { before: next }) });
    found.push(...page.deliveries.map(({ delivery }) => delivery));
    sizes.push(page.deliveries.length);
    next = page.next;
  }
  return { found, sizes };
}

test('a page that finds little among much looks at no more than it may, and the next goes on from there', async (t) => {
  const { views, read } = deliveriesOf(2_500, { every: 1_200 });
  const first = await findDeliveries(views, { person: ann, app: shop }, { limit: 20, bytesMax: 100_000 });
  t.deepEqual([first.deliveries.length, first.next !== null], [1, true]);
  t.true(read() < SEARCHED_MAX + 20);
  t.deepEqual((await allPages(views, { limit: 20, bytesMax: 100_000 })).found, ['02400', '01200']);
});

test('one delivery among much of others is not sought one by one', async (t) => {
  const { views, asked } = deliveriesOf(2_500, { every: 1_200 });
  await findDeliveries(views, { person: ann, app: shop }, { limit: 1, bytesMax: 100_000 });
  t.true(asked() <= 12, String(asked()));
});

test('a page that ends by its bytes ends with a delivery that it shows, whatever of others lies behind', async (t) => {
  const { views } = deliveriesOf(10, { every: 3, bytes: 1_000 });
  const { deliveries, next } = await findDeliveries(views, { person: ann, app: shop }, { limit: 10, bytesMax: 1_500 });
  t.deepEqual([deliveries.map(({ delivery }) => String(delivery)), next], [['00009'], '2026-07-01T09:30:00.000Z_00009']);
});

test('pages end by their bytes as well, and leave nothing out', async (t) => {
  const { views } = deliveriesOf(25, { bytes: 1_000 });
  const { found, sizes } = await allPages(views, { limit: 10, bytesMax: 3_500 });
  t.deepEqual(
    found,
    Array.from({ length: 25 }, (_, n) => fiveDigits(25 - n)),
  );
  t.true(Math.max(...sizes) <= 3);
  t.deepEqual((await allPages(deliveriesOf(3, { bytes: 10_000 }).views, { limit: 10, bytesMax: 1 })).sizes, [1, 1, 1]);
});
