import { text } from '../edge/fields.ts';

const CATEGORY_CHARACTERS_MAX = 64;

/** What kind of thing a notification is about, in the words of whoever sends it. */
export const category = text(CATEGORY_CHARACTERS_MAX).min(1);
