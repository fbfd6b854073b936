/** What a delivery's fate depends on, each time from the log: a view may be late, and an opt-out must not be. */
import type { Current } from '../../../commands/handling/handle.ts';
import { app } from '../../../domain/notifications/app.ts';
import type { Source } from '../../../domain/notifications/events.ts';
import type { Recipient } from '../../../domain/notifications/planning/plan.ts';
import { contacts } from '../../../domain/people/contacts.ts';
import { preferences } from '../../../domain/people/preferences.ts';
import { user } from '../../../domain/people/user.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { appStream, contactsStream, preferencesStream, userStream } from '../../../domain/shared/streams.ts';

export async function loadRecipient(current: Current, person: PersonId, source: Source): Promise<Recipient> {
  const [itself, reachable, wanted, asking] = await Promise.all([
    current(user, userStream(person)),
    current(contacts, contactsStream(person)),
    current(preferences, preferencesStream(person)),
    source.kind === 'app' ? current(app, appStream(source.app)) : undefined,
  ]);
  return {
    person,
    user: itself.state,
    contacts: reachable.state,
    preferences: wanted.state,
    ...(asking === undefined ? {} : { app: asking.state }),
    // Nobody is told of friends' posts who has not asked for it.
    ...(source.kind === 'feed' ? { appDefault: 'out' } : {}),
  };
}
