import { lineOfText, text } from '../edge/fields.ts';

const CATEGORY_CHARACTERS_MAX = 64;

/** The category of a notification, named by the app that sends it. */
export const category = lineOfText(CATEGORY_CHARACTERS_MAX).meta({
  description: 'The category of the notification, in the words of the app; people choose by it. Letter case and surrounding spaces don’t matter.',
  examples: ['orders'],
});

/** A category that a person chooses by: it may be one that an app named before categories had to be one line. */
export const chosenCategory = text(CATEGORY_CHARACTERS_MAX)
  .min(1)
  .meta({ description: 'A category, or `*` for every category.', examples: ['orders'] });
