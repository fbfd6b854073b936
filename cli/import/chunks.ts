/** Cuts what is imported into requests, none longer than a process takes. */
import { IMPORTED_AT_ONCE_MAX } from '../../app/control/imports/protocol.ts';

/** A process takes 64 Ki characters. One item may be longer than this, and goes alone. */
const REQUEST_CHARACTERS = 32 * 1_024;

export async function* inChunks<Item>(items: AsyncIterable<Item>, { itemsMax = IMPORTED_AT_ONCE_MAX } = {}): AsyncGenerator<readonly Item[], void> {
  let chunk: Item[] = [];
  let characters = 0;
  for await (const item of items) {
    const length = JSON.stringify(item).length;
    if (chunk.length === itemsMax || (chunk.length > 0 && characters + length > REQUEST_CHARACTERS)) {
      yield chunk;
      chunk = [];
      characters = 0;
    }
    chunk.push(item);
    characters += length;
  }
  if (chunk.length > 0) yield chunk;
}
