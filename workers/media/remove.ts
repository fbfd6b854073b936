/** Removes the bytes of media, and says so. */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { CommandResult } from '../../commands/handling/results.ts';
import { placesOf } from '../../commands/media/object-keys.ts';
import type { Uploads } from '../../commands/media/uploads.ts';
import type { MediaId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { MediaStore } from '../../ports/media/port.ts';
import { freshContext } from '../jobs/command-contexts.ts';

export type RemovingDependencies = {
  readonly store: MediaStore;
  readonly secret: Uint8Array;
  readonly uploads: Uploads;
  readonly commands: Pick<Commands, 'removeMedia'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

/** Everything that was ever made of one upload. */
export async function removeObjects({ store, secret }: Pick<RemovingDependencies, 'store' | 'secret'>, id: MediaId): Promise<void> {
  for (;;) {
    const found = await store.list(placesOf(secret, id));
    if (found.length === 0) return;
    await store.remove(found.map(({ key }) => key));
  }
}

/** The bytes first: the event says that they are gone. What is interrupted between the two is done again. */
export async function removeMediaWithBytes(
  dependencies: RemovingDependencies,
  { media, ownerErased, worker }: { readonly media: MediaId; readonly ownerErased: boolean; readonly worker: string },
): Promise<CommandResult> {
  const { commands, contextFor, clock, uploads } = dependencies;
  await removeObjects(dependencies, media);
  await uploads.discard(media);
  return commands.removeMedia({ media, ownerErased }, freshContext({ contextFor, worker, type: 'remove-media', body: { media }, at: clock() }));
}
