/** Reads every document of the views in MongoDB. Its storage engine checks the sums of the pages that it reads. */
import { isDeepStrictEqual } from 'node:util';
import type { MongoViews } from './collections.ts';
import { indexedFields, loadedIn } from './rows.ts';
import { DAMAGE_TOLD_MAX, ViewsDamaged, type ViewsVerification } from '../port.ts';

const PAGE_ROWS = 500;

/** Finds what can't be parsed, and documents that are indexed as something else. */
export async function verifyMongoViews({ ask, prepared, rows }: MongoViews, signal?: AbortSignal): Promise<ViewsVerification> {
  const damage: string[] = [];
  let documents = 0;
  for (const { _id: collection, fields } of await ask(() => prepared.find().toArray())) {
    for (let after: string | undefined = ''; after !== undefined;) {
      signal?.throwIfAborted();
      const from: string = after;
      const page = await ask(() =>
        rows(collection)
          .find(from === '' ? {} : { _id: { $gt: from } })
          .sort({ _id: 1 })
          .limit(PAGE_ROWS)
          .toArray(),
      );
      for (const row of page) {
        try {
          const { document } = loadedIn(collection, row);
          if (document !== undefined) documents++;
          if (document === undefined || isDeepStrictEqual({ ...indexedFields(fields, document) }, { ...row.fields })) continue;
          damage.push(`The document ${row._id} of ${collection} is indexed as something else`);
        } catch (error) {
          if (!(error instanceof ViewsDamaged)) throw error;
          documents++;
          damage.push(error.message);
        }
      }
      after = page.length < PAGE_ROWS ? undefined : page.at(-1)?._id;
    }
  }
  return { documents, damage: damage.slice(0, DAMAGE_TOLD_MAX) };
}
