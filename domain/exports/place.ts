import type { ObjectKey } from '../media/media-facts.ts';

/** The folder of the store of media that has the parts of exports. */
export const EXPORTS = 'exports';

/** Where the store has a part. */
export const exportPlaceOf = (object: ObjectKey): string => `${EXPORTS}/${object}`;
