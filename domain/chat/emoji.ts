/**
 * The emoji of a reaction, and its one form. Many can be written in several ways that look the same: with U+FE0F ('show it as a
 * picture') or without, wherever they have it. The form kept is the one that Unicode calls fully qualified (Unicode Technical
 * Standard 51), so that one picture is one reaction, whichever keyboard it came from.
 */
import { charactersIn } from '../shared/text/text.ts';

/** The longest has ten: a kiss of two people, each with a skin tone. */
export const EMOJI_LENGTH_MAX_CHARACTERS = 16;

const AS_PICTURE = '\ufe0f';
/** The characters that are a text where nothing says that they are a picture. A skin tone says so. */
const TEXT_BY_DEFAULT = /(?=\p{Emoji})\P{Emoji_Presentation}(?![\u{1f3fb}-\u{1f3ff}])/gu;
/** Those of the runtime's version of Unicode. Made when first asked for: the engine takes some 20 ms to read it, and most processes never need it. */
let emojiPattern: RegExp | undefined;
const isEmoji = (text: string): boolean => (emojiPattern ??= new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v')).test(text);
/** A picture of a version to come, alone or with a skin tone: places are set aside for them, so a newer client isn't refused. */
const EMOJI_TO_COME = /^[\p{Extended_Pictographic}&&\p{Unassigned}][\u{1f3fb}-\u{1f3ff}]?$/v;

/** The one form of an emoji; undefined for any other text. */
export function emojiOf(text: string): string | undefined {
  const bare = text.replaceAll(AS_PICTURE, '');
  if (isEmoji(bare) || EMOJI_TO_COME.test(bare)) return bare;
  const qualified = bare.replaceAll(TEXT_BY_DEFAULT, `$&${AS_PICTURE}`);
  return isEmoji(qualified) ? qualified : undefined;
}

/** The key of a reaction in the log or in a request: two that look the same have one. Reactions from before may be no emoji, and are their own key. */
export const reactionKey = (emoji: string): string => emojiOf(emoji) ?? emoji;

/** Whether a reaction of this kind may be in the log though it is no emoji: earlier versions took any cluster of characters with a picture among them. */
export const mayBeOlderReaction = (text: string): boolean =>
  charactersIn(text) <= EMOJI_LENGTH_MAX_CHARACTERS &&
  /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20E3/u.test(text) &&
  [...clusters.segment(text)].length === 1;

const clusters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
