/** A person's profile, as others see it. */
import { orErased } from '../../domain/shared/event.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import type { Projector } from '../projection.ts';

/** Id: the person. */
export type ProfileDocument = {
  readonly person: PersonId;
  readonly name: string | null;
  readonly about: string | null;
  readonly timeZone: string | null;
  /** The market: for the person alone to see. */
  readonly language: string | null;
  readonly country: string | null;
  readonly erased: boolean;
  readonly since: Instant;
};

const UNSAID = { about: null, timeZone: null, language: null, country: null } as const;

export const profile = {
  kind: 'projector',
  name: 'profile',
  version: 3,
  handles: ['people.registered.v1', 'people.profile-changed.v1', 'people.person-erased.v1'],
  indexes: { profiles: [] },

  project: (event, { profiles }) => {
    const person = event.key as PersonId;
    switch (event.type) {
      case 'people.registered.v1': {
        const name = orErased<string | null>(event.data.name, null);
        profiles.update(person, event, () => ({ person, name, ...UNSAID, erased: false, since: event.metadata.at }));
        return;
      }
      case 'people.profile-changed.v1': {
        const { name, about, timeZone, language, country } = event.data;
        profiles.update(
          person,
          event,
          (before) =>
            before && {
              ...before,
              ...(name === undefined ? {} : { name: orErased<string | null>(name, null) }),
              ...(about === undefined ? {} : { about: orErased<string | null>(about, null) }),
              ...(timeZone === undefined ? {} : { timeZone }),
              ...(language === undefined ? {} : { language: orErased<string | null>(language, null) }),
              ...(country === undefined ? {} : { country: orErased<string | null>(country, null) }),
            },
        );
        return;
      }
      case 'people.person-erased.v1':
        profiles.update(person, event, (before) => before && { ...before, ...UNSAID, name: null, erased: true });
        return;
    }
  },
} as const satisfies Projector<UserEvent, { profiles: ProfileDocument }>;
