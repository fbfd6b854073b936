/** Discards uploads that were begun and never ended, and what was left of those that did. */
import type { LoadState } from '../../commands/handling/handle.ts';
import { UPLOADS, type Uploads } from '../../commands/media/uploads.ts';
import { media } from '../../domain/media/media.ts';
import type { MediaId } from '../../domain/shared/ids.ts';
import { DAY_MS, epochMs, HOUR_MS, type Instant } from '../../domain/shared/instant.ts';
import { mediaStream } from '../../domain/shared/streams.ts';
import type { ListedMedia, MediaStore } from '../../ports/media/port.ts';
import { withEach, type Sweep } from '../jobs/sweeper.ts';

/** An upload may be gone on with for so long after its last piece. */
export const ABANDONED_AFTER_MS = DAY_MS;

type Dependencies = {
  readonly store: Pick<MediaStore, 'list'>;
  readonly uploads: Pick<Uploads, 'discard'>;
  readonly loadState: LoadState;
  readonly clock: () => Instant;
};

export const sweepAbandonedUploads = (dependencies: Dependencies): Sweep => ({
  name: 'abandoned-uploads',
  everyMs: HOUR_MS,
  sweep: async () => {
    let discarded = 0;
    const failures: unknown[] = [];
    for (let after: string | undefined; ;) {
      const page: readonly ListedMedia[] = await dependencies.store.list(UPLOADS, after === undefined ? {} : { after });
      const last = page.at(-1);
      if (last === undefined) break;
      await withEach([...Map.groupBy(page, ({ key }) => mediaIn(key))], async ([id, pieces]) => {
        if (await discardIfAbandoned(dependencies, id, pieces)) discarded++;
      }).catch((failure: unknown) => failures.push(failure));
      after = last.key;
    }
    if (failures.length > 0) throw failures[0];
    return discarded;
  },
});

async function discardIfAbandoned({ store, uploads, loadState, clock }: Dependencies, id: MediaId, pieces: readonly ListedMedia[]): Promise<boolean> {
  const isRecent = (ones: readonly ListedMedia[]) => ones.some(({ storedMs }) => epochMs(clock()) - storedMs < ABANDONED_AFTER_MS);
  // An upload may lie on two pages, and the newest piece on the other.
  if (isRecent(pieces) || isRecent(await store.list(`${UPLOADS}/${id}`))) return false;
  // What has ended waits for being prepared, however long that takes.
  if ((await loadState(media, mediaStream(id))).state.status === 'uploaded') return false;
  await uploads.discard(id);
  return true;
}

const mediaIn = (key: string): MediaId => (key.split('/')[1] ?? '') as MediaId;
