/** For tests of what is forgotten, in the test's process and in one that it kills. */
import type { KeptFor } from '../../../domain/notifications/categories/kept-for.ts';
import type { TestWorkers } from '../../test-fixture.ts';

export const KEPT: KeptFor = { days: 30, daysByCategory: { offers: 60, receipts: null } };

const COLLECTIONS = [
  'deliveries',
  'notifications',
  'campaigns',
  'centre-items',
  'funnel-deliveries',
  'funnel-reasons',
  'funnel-requests',
  'funnel-campaigns',
] as const;
const DOCUMENTS_MAX = 5_000;

/** All documents that tell of notifications; counts of nothing are none. */
export async function documentsOf({ views }: Pick<TestWorkers, 'views'>): Promise<Readonly<Record<string, readonly object[]>>> {
  const found = COLLECTIONS.map(async (collection): Promise<[string, readonly object[]]> => {
    const documents: readonly object[] = await views.find(collection, { order: { _id: 1 }, limit: DOCUMENTS_MAX });
    return [
      collection,
      documents
        .map((found: { readonly position?: unknown }): object => ({ ...found, position: null }))
        .filter((document) => !collection.startsWith('funnel') || isCounted(document)),
    ];
  });
  return Object.fromEntries(await Promise.all(found));
}

const isCounted = (document: object): boolean => Object.values(document).some((value) => typeof value === 'number' && value !== 0);
