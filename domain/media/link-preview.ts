/** What a page that somebody's words link to says of itself. Whoever made the page wrote it: it is text, never markup. */
import type { PostMedia } from './media-facts.ts';

export const PREVIEW_TITLE_MAX_CHARACTERS = 200;
export const PREVIEW_DESCRIPTION_MAX_CHARACTERS = 400;
export const PREVIEW_SITE_MAX_CHARACTERS = 100;

/** `url` is the link as it is written; `site` is the page's own name of where it stands. `image` belongs to the author of the words. */
export type LinkPreview = {
  readonly url: string;
  readonly title: string;
  readonly description?: string;
  readonly site?: string;
  readonly image?: PostMedia;
};
