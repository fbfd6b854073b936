/** The part of a message that is selected on the page, for an answer to it. */
import type { Message } from '../../../client/index.ts';

export type SelectedQuote = { readonly from: number; readonly to: number; readonly text: string };

const QUOTE_CHARACTERS_MAX = 1_000;

/** Counted in code points. Undefined: nothing of it is selected. An edited text is quoted whole, for its words are another entry's. */
export function selectedQuote({ seq, editedAt }: Message): SelectedQuote | undefined {
  const selection = getSelection();
  const words = document.querySelector(`[data-seq="${seq}"] .text`);
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0 || words === null || editedAt !== null) return undefined;
  const range = selection.getRangeAt(0);
  if (!words.contains(range.startContainer) || !words.contains(range.endContainer)) return undefined;
  const before = document.createRange();
  before.setStart(words, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const from = Array.from(before.toString()).length;
  const characters = Array.from(range.toString()).slice(0, QUOTE_CHARACTERS_MAX);
  return characters.length === 0 ? undefined : { from, to: from + characters.length, text: characters.join('') };
}
