/** What the operator’s page says, in English: the catalogue that every other language has the same keys as. */
import type { CatalogueOf } from '../../text/catalogue.ts';
import { delivery } from './en/delivery.ts';
import { frame } from './en/frame.ts';
import { people } from './en/people.ts';
import { work } from './en/work.ts';

export const en = { ...frame, ...work, ...delivery, ...people } as const;

export type OperatorKey = keyof typeof en;
export type OperatorCatalogue = CatalogueOf<typeof en>;
