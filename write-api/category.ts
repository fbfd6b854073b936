import { text } from '../edge/fields.ts';

const CATEGORY_CHARACTERS_MAX = 64;

/** The category of a notification, named by the app that sends it. */
export const category = text(CATEGORY_CHARACTERS_MAX)
  .min(1)
  .meta({ description: 'The category of the notification, in the words of the app; people choose by it.', examples: ['orders'] });
