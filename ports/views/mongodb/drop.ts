/**
 * Dropping a projection in three steps, since no transaction holds all of its documents: its mark keeps every commit away, then its
 * collections are emptied, and with its checkpoints goes the mark. Whoever meets the mark goes on from there, beside others as well:
 * every step is a transaction that ends where the mark is gone.
 */
import type { ClientSession, Filter } from 'mongodb';
import { inTransaction } from '../../mongodb/transaction.ts';
import type { MongoViews, StoredCheckpoint } from './collections.ts';
import { assertNoShard } from '../port.ts';

const DELETED_AT_ONCE = 1_000;

export async function dropFromMongo(views: MongoViews, projection: string, collections: readonly string[]): Promise<void> {
  await markDropped(views, projection, collections);
  await finishDrop(views, projection);
}

/** From here on no commit of the projection is made. */
export async function markDropped(views: MongoViews, projection: string, collections: readonly string[]): Promise<void> {
  assertNoShard(projection);
  const { ask, projections, checkpoints } = views;
  await inTransaction(
    views,
    async (session) => {
      const mark = { $set: { isDropped: true }, $addToSet: { collections: { $each: collections } } };
      await ask(() => projections.updateOne({ _id: projection }, mark, { session, upsert: true }));
      await ask(() => checkpoints.updateMany(checkpointsOf(projection), { $unset: { position: 1, commit: 1 } }, { session }));
    },
    { wasCommitted: async () => await isDropped(views, projection) },
  );
}

export const isDropped = async ({ ask, projections }: MongoViews, projection: string): Promise<boolean> =>
  (await ask(() => projections.findOne({ _id: projection })))?.isDropped === true;

/** Does nothing where the projection isn't marked, or no longer. */
export async function finishDrop(views: MongoViews, projection: string): Promise<void> {
  const { ask, projections } = views;
  const marked = await ask(() => projections.findOne({ _id: projection }));
  if (marked?.isDropped !== true) return;
  for (const collection of marked.collections ?? []) await empty(views, projection, collection);
  await forget(views, projection);
}

async function empty(views: MongoViews, projection: string, collection: string): Promise<void> {
  const rows = views.rows(collection);
  for (;;) {
    const found = await views.ask(() =>
      rows
        .find({}, { projection: { _id: 1 } })
        .limit(DELETED_AT_ONCE)
        .toArray(),
    );
    if (found.length === 0) return;
    const ids = found.map(({ _id }) => _id);
    const deleted = await whileMarked(views, projection, { $inc: { pages: 1 } }, (session) => rows.deleteMany({ _id: { $in: ids } }, { session }));
    if (deleted === 'no-longer-marked') return;
  }
}

const forget = async (views: MongoViews, projection: string): Promise<void> =>
  void (await whileMarked(views, projection, { $unset: { isDropped: 1, collections: 1, pages: 1 } }, (session) =>
    views.checkpoints.deleteMany(checkpointsOf(projection), { session }),
  ));

type MarkChange = { readonly $inc: { readonly pages: 1 } } | { readonly $unset: { readonly isDropped: 1; readonly collections: 1; readonly pages: 1 } };

/** Where its answer is lost, the step is made again by whoever meets the mark. */
async function whileMarked(
  views: MongoViews,
  projection: string,
  change: MarkChange,
  work: (session: ClientSession) => Promise<unknown>,
): Promise<'done' | 'no-longer-marked'> {
  const { ask, projections } = views;
  const step = async (session: ClientSession) => {
    const { matchedCount } = await ask(() => projections.updateOne({ _id: projection, isDropped: true }, change, { session }));
    if (matchedCount === 0) return 'no-longer-marked';
    await ask(() => work(session));
    return 'done';
  };
  return await inTransaction(views, step, { wasCommitted: async () => false });
}

/** A shard's name goes on with a slash, after which comes the digit 0. */
const checkpointsOf = (projection: string): Filter<StoredCheckpoint> => ({
  $or: [{ _id: projection }, { _id: { $gte: `${projection}/`, $lt: `${projection}0` } }],
});
