/** A commit of the views in MongoDB: one transaction, fenced by the checkpoint. */
import { randomUUID } from 'node:crypto';
import { MongoServerError, type ClientSession } from 'mongodb';
import { DUPLICATE_KEY, WRITE_CONFLICT } from '../../mongodb/outages.ts';
import { inTransaction } from '../../mongodb/transaction.ts';
import type { MongoViews } from './collections.ts';
import { DocumentConflict, writeAll } from './writes.ts';
import type { CommitOutcome, ViewCommit } from '../port.ts';

/** The checkpoint is not where the commit starts from, or its projection is being dropped. */
class CheckpointMoved extends Error {}

export async function commitToMongo(views: MongoViews, commit: ViewCommit): Promise<CommitOutcome> {
  const id = randomUUID();
  const wasCommitted = async () => (await views.ask(() => views.checkpoints.findOne({ _id: commit.projection })))?.commit === id;
  let isWriting = false;
  try {
    await inTransaction(
      views,
      async (session) => {
        isWriting = false;
        await moveCheckpoint(views, session, commit, id);
        isWriting = true;
        await writeAll(views, session, commit.writes);
      },
      { wasCommitted },
    );
    return 'committed';
  } catch (error) {
    if (error instanceof DocumentConflict || (isWriting && hasCode(error, DUPLICATE_KEY, WRITE_CONFLICT))) return 'write-conflict';
    if (!(error instanceof CheckpointMoved) && !hasCode(error, WRITE_CONFLICT)) throw error;
    return (await wasCommitted()) ? 'committed' : 'fenced'; // it has moved the checkpoint itself where the answer to its first try was lost
  }
}

/** Before anything else, so that of two runners the second one conflicts at once. */
async function moveCheckpoint({ ask, checkpoints, projections }: MongoViews, session: ClientSession, commit: ViewCommit, id: string): Promise<void> {
  const { projection, from, to } = commit;
  if (from !== undefined) {
    const { matchedCount } = await ask(() => checkpoints.updateOne({ _id: projection, position: from }, { $set: { position: to, commit: id } }, { session }));
    if (matchedCount === 0) throw new CheckpointMoved();
    return;
  }
  try {
    // A drop that begins meanwhile knows nothing of a checkpoint that isn't there yet: both write the projection, so that one of them conflicts.
    const isKept = { _id: runnerOf(projection), isDropped: { $exists: false } };
    await ask(() => projections.updateOne(isKept, { $inc: { firsts: 1 } }, { session, upsert: true }));
    await ask(() => checkpoints.insertOne({ _id: projection, position: to, commit: id }, { session }));
  } catch (error) {
    throw hasCode(error, DUPLICATE_KEY) ? new CheckpointMoved() : error;
  }
}

/** A shard is named after its projection: `inbox@2/3`. */
export const runnerOf = (projection: string): string => projection.split('/', 1)[0] ?? projection;

const hasCode = (error: unknown, ...codes: readonly number[]): boolean => error instanceof MongoServerError && codes.includes(Number(error.code));
