/** The form of catalogues: an area of the pages a file, and in every language the same keys. */
export type Plural = { readonly one: string; readonly other: string };

/** What a translation of a catalogue has: a text for each text, and one and many where English has them. */
export type CatalogueOf<English> = { readonly [Name in keyof English]: English[Name] extends string ? string : Plural };

/** Of languages that say one and many alike. */
export const same = (text: string): Plural => ({ one: text, other: text });
