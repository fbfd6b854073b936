/** What the pages say, in English: the catalogue that every other language has the same keys as. */
import type { CatalogueOf } from './catalogue.ts';
import { account } from './en/account.ts';
import { app } from './en/app.ts';
import { chat } from './en/chat.ts';
import { feed } from './en/feed.ts';
import { notifications } from './en/notifications.ts';
import { people } from './en/people.ts';
import { settings } from './en/settings.ts';

export const en = { ...app, ...account, ...feed, ...people, ...chat, ...notifications, ...settings } as const;

export type Key = keyof typeof en;
export type Catalogue = CatalogueOf<typeof en>;
