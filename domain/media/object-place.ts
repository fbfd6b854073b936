import type { ObjectKey } from './media-facts.ts';

/** The folder of the store of media that has everything that was made of uploads. */
export const OBJECTS = 'objects';

/** Where the store has an object. */
export const placeOf = (object: ObjectKey): string => `${OBJECTS}/${object}`;
