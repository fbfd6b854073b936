/** Korean. Sentences avoid particles behind names and numbers, which depend on how those end. */
import type { OperatorCatalogue } from './en.ts';
import { delivery } from './ko/delivery.ts';
import { frame } from './ko/frame.ts';
import { people } from './ko/people.ts';
import { work } from './ko/work.ts';

export const ko: OperatorCatalogue = { ...frame, ...work, ...delivery, ...people };
