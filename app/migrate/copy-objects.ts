/** Copies media to the servers' place of media, and takes out of it what is gone since it was copied: what was erased is not to come along. */
import { join } from 'node:path';
import { MEDIA_KEY, REMOVED_AT_ONCE_MAX, type MediaStore } from '../../ports/media/port.ts';
import { keysBelow } from '../backup/copy-media.ts';
import { sizeOf } from '../backup/durable-files.ts';
import { realPathOf } from './places-of-folders.ts';
import type { MigrationProgress } from './progress-file.ts';

const COPIED_TOGETHER_MAX = 100;

type To = {
  readonly media: Pick<MediaStore, 'put' | 'remove'>;
  /** Undefined for a bucket. */
  readonly mediaFolder: string | undefined;
  readonly progress: Pick<MigrationProgress, 'objects'>;
};
type Options = { readonly pass: number; readonly signal: AbortSignal | undefined; readonly onCopied: (objects: number) => void };

/** `from`: undefined where media is in a bucket, which the servers' processes name as well. Answers how many objects there are. */
export async function copyObjects(from: string | undefined, { media, mediaFolder, progress }: To, { pass, signal, onCopied }: Options): Promise<number> {
  let objects = 0;
  if (from === undefined || (mediaFolder !== undefined && (await realPathOf(from)) === (await realPathOf(mediaFolder)))) return objects;
  const copy = async (keys: readonly string[]) => {
    progress.objects.copying(keys, pass);
    for (const key of keys) {
      signal?.throwIfAborted();
      const file = join(from, key);
      const bytes = await sizeOf(file);
      if (bytes === undefined) continue; // removed since; the next pass takes it out of the target
      await media.put(key, { file, bytes });
      onCopied(++objects);
    }
  };
  let together: string[] = [];
  for await (const key of keysBelow(from)) {
    if (!MEDIA_KEY.test(key)) continue; // somebody else's file
    if (together.push(key) < COPIED_TOGETHER_MAX) continue;
    await copy(together);
    together = [];
  }
  await copy(together);
  for (let gone = progress.objects.gone(pass, REMOVED_AT_ONCE_MAX); gone.length > 0; gone = progress.objects.gone(pass, REMOVED_AT_ONCE_MAX)) {
    await media.remove(gone);
    progress.objects.forget(gone);
  }
  return objects;
}
