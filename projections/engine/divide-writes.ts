/** Keeps commits within what the view store takes at once: a turn that writes more is halved, and a patch is made page by page. */
import { COMMIT_BYTES_MAX, COMMIT_DOCUMENTS_MAX, pagesOfPatch, type Document, type DocumentWrite, type ViewStore } from '../../ports/views/port.ts';
import type { Checkpoint } from '../progress/checkpoint.ts';

/** Whether the writes should not be one commit. A patch may concern any number of documents. */
export function isTooMuch(writes: readonly DocumentWrite[]): boolean {
  if (writes.length > COMMIT_DOCUMENTS_MAX || hasPatch(writes)) return true;
  let bytes = 0;
  for (const write of writes) if (write.kind === 'put') bytes += bytesOf(write.document);
  return bytes > COMMIT_BYTES_MAX;
}

export const hasPatch = (writes: readonly DocumentWrite[]): boolean => writes.some(({ kind }) => kind === 'patch');

/** Every page at the place where the checkpoint is: interrupted, the patches are made again from their first page. */
export async function commitPatches(views: Pick<ViewStore, 'findPage' | 'pluck'>, checkpoint: Checkpoint, writes: readonly DocumentWrite[]): Promise<void> {
  for (const write of writes) {
    if (write.kind !== 'patch') continue;
    for await (const page of pagesOfPatch(views, write)) await checkpoint.move(checkpoint.position(), [page]);
  }
}

/** What is left to write once the patches are made, and the documents were loaded and folded again: a fold that patches writes its documents twice. */
export const withoutPatches = (writes: readonly DocumentWrite[]): readonly DocumentWrite[] =>
  writes.filter((write) => write.kind === 'increment' || (write.kind !== 'patch' && write.expectedVersion !== undefined));

/** Close to the length of the document's JSON in bytes, at a fraction of the cost. */
function bytesOf(document: Document): number {
  let bytes = 2;
  for (const field in document) {
    const value = document[field];
    bytes += field.length + 4 + (typeof value === 'string' ? Buffer.byteLength(value) : typeof value === 'object' ? JSON.stringify(value).length : 8);
  }
  return bytes;
}
