/**
 * Whether a person would see anything of a text. Not blank is every text with a character that leaves ink by itself, in whatever
 * script, and a picture; characters that shape others (joiners, marks of direction, accents) may stand beside it, but are nothing alone.
 */

/**
 * Invisible: spaces; what Unicode says a font shows nothing for (`Default_Ignorable_Code_Point`: joiners, fillers, marks of direction,
 * tags, variation selectors); controls and formats, but for those that enclose numbers and words and are drawn; accents, which need a
 * letter below; and, by name, what has an empty drawing though it counts as a letter or a symbol: the Braille blank, two blanks of
 * hieroglyphs, the null notehead, and the place holder of an object that isn't there.
 */
const VISIBLE =
  /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Mn}\p{Me}[\p{Cf}--[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]]\u2800\ufffc\u{13441}\u{13442}\u{1d159}]/v;

/** Looks no further than the first visible character, which nearly always is the first. */
export const isBlank = (text: string): boolean => !VISIBLE.test(text);
