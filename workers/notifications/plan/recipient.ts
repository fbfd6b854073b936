/** Loads the state that planning and sending decide on. It is read from the log each time: a view may be late, and an opt-out must not be. */
import { loadCategory } from '../../../commands/notifications/categories.ts';
import type { LoadState } from '../../../commands/handling/handle.ts';
import { app } from '../../../domain/notifications/apps/app.ts';
import type { Source } from '../../../domain/notifications/request-fields.ts';
import type { Recipient } from '../../../domain/notifications/planning/plan.ts';
import { contacts } from '../../../domain/people/contacts.ts';
import { preferences } from '../../../domain/people/preferences.ts';
import { user } from '../../../domain/people/user.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { appStream, contactsStream, preferencesStream, userStream } from '../../../domain/shared/streams.ts';

/** At which the contacts were read. */
type ReadAt = { readonly contactsRevision: number };

export type RecipientOf = { readonly person: PersonId; readonly source: Source; readonly category: string };

export async function loadRecipient(loadState: LoadState, { person, source, category }: RecipientOf): Promise<Recipient & ReadAt> {
  const [userNow, contactsNow, preferencesNow, appNow, categoryNow] = await Promise.all([
    loadState(user, userStream(person)),
    loadState(contacts, contactsStream(person)),
    loadState(preferences, preferencesStream(person)),
    source.kind === 'app' ? loadState(app, appStream(source.app)) : undefined,
    loadCategory(loadState, { source, category }),
  ]);
  return {
    person,
    user: userNow.state,
    contacts: contactsNow.state,
    contactsRevision: contactsNow.revision,
    preferences: preferencesNow.state,
    ...(appNow === undefined ? {} : { app: appNow.state }),
    ...(categoryNow === undefined ? {} : { category: categoryNow }),
  };
}
