/** The process in which pictures are decoded: it is told a file and a folder, answers what it made, and waits for the next. It ends with whoever started it: then nothing is left that it waits for. */
import type { VariantName } from '../../domain/media/media-facts.ts';
import { limitSharp, makeVariants } from './make-variants.ts';

export type PictureTask = { readonly source: string; readonly folder: string; readonly names: readonly VariantName[] };

limitSharp();
process.on('message', ({ source, folder, names }: PictureTask) => {
  void makeVariants(source, folder, names).then((made) => process.send?.(made));
});
