import type { Readable } from 'node:stream';
import { PIECE_BYTES_MAX, type Upload, type Uploads } from '../../commands/media/uploads.ts';

/** `offset`: as far as the upload has come. */
export type Written = { readonly outcome: 'written'; readonly offset: number } | { readonly outcome: 'conflict' };

/**
 * Stores what arrives in pieces. What has arrived when the client is cut off is stored as well, and then the cut is thrown: the client
 * asks how far it has come, and goes on there, with this process or another. No more than a piece is held in memory.
 */
export async function writePieces(uploads: Pick<Uploads, 'append'>, at: Pick<Upload, 'media' | 'offset' | 'attempt'>, stream: Readable): Promise<Written> {
  let { offset } = at;
  let chunks: Buffer[] = [];
  let held = 0;
  const store = async (): Promise<boolean> => {
    if (held === 0) return true;
    const appended = await uploads.append({ ...at, offset }, Buffer.concat(chunks, held));
    offset += held;
    chunks = [];
    held = 0;
    return appended === 'appended';
  };
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      held += chunk.length;
      if (held >= PIECE_BYTES_MAX && !(await store())) return { outcome: 'conflict' };
    }
  } catch (cut) {
    await store();
    throw cut;
  }
  return (await store()) ? { outcome: 'written', offset } : { outcome: 'conflict' };
}
