/**
 * The objects of a list in a JSON file, one by one, for the file may be larger than memory: the text is cut at their braces, and each is
 * parsed by itself. The list is a field of the file's one object, or the file itself.
 */

/** Characters of one item: a post with its addresses and attachments has some thousands. */
export const ITEM_CHARACTERS_MAX = 1_024 * 1_024;

/** The file isn't the list that it should be. */
export class ListFault extends Error {
  override readonly name = 'ListFault';
}

const [QUOTE, BACKSLASH, COLON, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Array.from('"\\:[]{}', (character) => character.charCodeAt(0));

/** `field`: the list's name; undefined where the file is the list. Items that are no objects are passed over. Throws `ListFault`. */
export async function* jsonItems(bytes: AsyncIterable<Uint8Array>, list: { readonly field: string | undefined }): AsyncGenerator<unknown, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const cutter = createCutter(list);
  try {
    for await (const chunk of bytes) for (const item of cutter.cut(decoder.decode(chunk, { stream: true }))) yield JSON.parse(item);
    cutter.end(decoder.decode());
  } catch (error) {
    // Not UTF-8, or an item that is no JSON.
    if (error instanceof SyntaxError || error instanceof TypeError) throw new ListFault(`It is no JSON: ${error.message}`, { cause: error });
    throw error;
  }
}

function createCutter({ field: wanted }: { readonly field: string | undefined }) {
  /** How deep in braces and brackets the list stands. */
  const listDepth = wanted === undefined ? 1 : 2;
  let depth = 0;
  let isInText = false;
  let isEscaped = false;
  /** The last text at the depth of the collection's own fields, and whether it names a field. */
  let field = '';
  let isInItems = false;
  let hasSeenItems = false;
  /** The item that is being read, as far as it came in chunks before this one. */
  let item: string | undefined;

  const closeAt = (chunk: string, from: number, at: number): string | undefined => {
    depth -= 1;
    if (isInItems && depth < listDepth) isInItems = false;
    if (!isInItems || depth !== listDepth || item === undefined) return undefined;
    const whole = item + chunk.slice(from, at + 1);
    item = undefined;
    return whole;
  };

  const open = (code: number, isItem: boolean): void => {
    if (isItem) item = '';
    depth += 1;
    if (code === OPEN_LIST && depth === listDepth && (wanted === undefined || field === wanted) && !hasSeenItems) isInItems = hasSeenItems = true;
    field = '';
  };

  function* cut(chunk: string): Generator<string, void> {
    let itemFrom = 0;
    let textFrom = 0;
    for (let at = 0; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at);
      if (isInText) {
        if (isEscaped) isEscaped = false;
        else if (code === BACKSLASH) isEscaped = true;
        else if (code === QUOTE) {
          isInText = false;
          if (depth === 1) field += chunk.slice(textFrom, at);
        }
      } else if (code === QUOTE) {
        isInText = true;
        textFrom = at + 1;
        if (depth === 1) field = '';
      } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
        const isItem = code === OPEN_OBJECT && isInItems && depth === listDepth;
        if (isItem) itemFrom = at;
        open(code, isItem);
      } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
        const whole = closeAt(chunk, itemFrom, at);
        if (whole !== undefined) yield whole;
      } else if (depth === 1 && code !== COLON && code > 0x20) field = ''; // a comma, or a value that is no text
    }
    if (isInText && depth === 1) field += chunk.slice(textFrom);
    if (item === undefined) return;
    item += chunk.slice(itemFrom);
    if (item.length > ITEM_CHARACTERS_MAX) throw new ListFault(`One of its items is longer than ${ITEM_CHARACTERS_MAX} characters.`);
  }

  return {
    cut,
    end: (rest: string): void => {
      if (rest !== '' || depth !== 0 || isInText) throw new ListFault('It ends too early.');
      if (!hasSeenItems) throw new ListFault(wanted === undefined ? 'It is no list.' : `It has no list of ${wanted}.`);
    },
  };
}
