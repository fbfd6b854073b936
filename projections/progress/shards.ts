/** Into how many shards the work of an installation is divided: as many as at its first start, for a checkpoint speaks of one shard's streams. */
import type { ViewStore } from '../../ports/views/port.ts';
import { BOOKKEEPING, type Division } from './names.ts';

const SHARDS = `${BOOKKEEPING}shards`;

export class ShardsDiffer extends Error {
  override readonly name = 'ShardsDiffer';
}

/** Throws `ShardsDiffer` where the views were begun with another number. */
export async function recordShards(views: Pick<ViewStore, 'checkpoint' | 'checkpoints' | 'commit'>, { shards }: Pick<Division, 'shards'>): Promise<void> {
  for (;;) {
    const stored = await views.checkpoint(SHARDS);
    const recorded = stored ?? ((await begunWithoutShards(views)) ? '1' : undefined);
    if (recorded !== undefined && recorded !== String(shards)) {
      throw new ShardsDiffer(
        `The views were begun with ${recorded} shards of each log, and this process is to divide it into ${shards}. Drop all views to divide anew.`,
      );
    }
    if (stored !== undefined) return;
    if ((await views.commit({ projection: SHARDS, from: undefined, to: String(shards), writes: [] })) === 'committed') return;
  }
}

/** As it was before there were shards. */
const begunWithoutShards = async (views: Pick<ViewStore, 'checkpoints'>): Promise<boolean> =>
  [...(await views.checkpoints()).keys()].some((checkpoint) => !checkpoint.startsWith(BOOKKEEPING));
