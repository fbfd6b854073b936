/** Makes of the bytes that a page gave as its picture what readers may be shown, and keeps it as media of whoever wrote the link. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MediaFacts, PostMedia } from '../../domain/media/media-facts.ts';
import type { MediaId } from '../../domain/shared/ids.ts';
import type { Pictures } from '../../ports/pictures/port.ts';
import { PREPARING_FOLDER } from '../media/left-behind.ts';
import { storeVariant, type StoringDependencies } from '../media/prepare.ts';

type Dependencies = StoringDependencies & { readonly pictures: Pictures };

/** Undefined where they are no picture, or one that is too costly. Throws outages. */
export async function storePicture(dependencies: Dependencies, media: MediaId, bytes: Uint8Array): Promise<PostMedia | undefined> {
  const folder = await mkdtemp(join(tmpdir(), PREPARING_FOLDER));
  try {
    const source = join(folder, 'source');
    await writeFile(source, bytes);
    const prepared = await dependencies.pictures.prepare({ source, folder });
    if (prepared.outcome === 'refused' || prepared.kind !== 'image') return undefined;
    const variants = await Promise.all(prepared.variants.map((variant) => storeVariant(dependencies, media, variant)));
    const facts: MediaFacts = { kind: prepared.kind, variants, ...(prepared.blurHash !== undefined && { blurHash: prepared.blurHash }) };
    return { media, alt: null, ...facts };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
