/** A person's profile, as others see it, and the terms under which they find it. */
import { isErased, orErased } from '../../domain/shared/event.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { PostMedia } from '../../domain/media/media-facts.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import { NAME_TERMS_MAX, nameTerms } from '../../domain/people/names/name-terms.ts';
import type { Collection, Projector } from '../projection.ts';

/** Id: the person. */
export type ProfileDocument = {
  readonly person: PersonId;
  readonly name: string | null;
  readonly about: string | null;
  readonly picture: PostMedia | null;
  readonly timeZone: string | null;
  /** The market: for the person alone to see. */
  readonly language: string | null;
  readonly country: string | null;
  /** Whether others find the person by name or login name. */
  readonly findable: boolean;
  readonly erased: boolean;
  readonly since: Instant;
};

/**
 * Id: the person and a number. `key` is a term of the name and the person: `termKeyOf`. Whether the person is to be found is not said
 * here: it is asked for when somebody seeks.
 */
export type NameTermDocument = { readonly key: string };

const BEHIND_TERM = '\n';
/** Sorts by the term, and within a term by the person. */
export const termKeyOf = (term: string, person: PersonId): string => `${term}${BEHIND_TERM}${person}`;
export const personOfTermKey = (key: string): PersonId => key.slice(key.indexOf(BEHIND_TERM) + 1) as PersonId;

const UNSAID = { about: null, picture: null, timeZone: null, language: null, country: null } as const;

export const profile = {
  kind: 'projector',
  name: 'profile',
  version: 6,
  handles: ['people.registered.v1', 'people.profile-changed.v1', 'people.person-erased.v1'],
  indexes: { profiles: [{ fields: ['person', 'position'] }], 'name-terms': [{ fields: ['key'] }] },

  project: (event, { profiles, 'name-terms': terms }) => {
    const person = event.key as PersonId;
    switch (event.type) {
      case 'people.registered.v1': {
        const name = orErased<string | null>(event.data.name, null);
        profiles.update(person, event, () => ({ person, name, ...UNSAID, findable: true, erased: false, since: event.metadata.at }));
        if (name !== null) for (const [number, term] of nameTerms(name).entries()) setTerm(terms, event, { person, number, term });
        return;
      }
      case 'people.profile-changed.v1': {
        const { name, about, picture, timeZone, language, country, findable } = event.data;
        profiles.update(
          person,
          event,
          (before) =>
            before && {
              ...before,
              ...(name === undefined ? {} : { name: orErased<string | null>(name, null) }),
              ...(about === undefined ? {} : { about: orErased<string | null>(about, null) }),
              ...(picture === undefined ? {} : { picture: orErased<PostMedia | null>(picture, null) }),
              ...(timeZone === undefined ? {} : { timeZone }),
              ...(language === undefined ? {} : { language: orErased<string | null>(language, null) }),
              ...(country === undefined ? {} : { country: orErased<string | null>(country, null) }),
              ...(findable === undefined ? {} : { findable }),
            },
        );
        if (name !== undefined) setTerms(terms, event, isErased(name) ? [] : nameTerms(name));
        return;
      }
      case 'people.person-erased.v1':
        profiles.update(person, event, (before) => before && { ...before, ...UNSAID, name: null, erased: true });
        setTerms(terms, event, []);
        return;
    }
  },
} as const satisfies Projector<UserEvent, { profiles: ProfileDocument; 'name-terms': NameTermDocument }>;

type Source = { readonly stream: string; readonly key: string; readonly revision: number };
type Term = { readonly person: PersonId; readonly number: number; readonly term: string | undefined };

function setTerm(terms: Collection<NameTermDocument>, source: Source, { person, number, term }: Term): void {
  terms.update(`${person}:${number}`, source, () => (term === undefined ? undefined : { key: termKeyOf(term, person) }));
}

/** All of them, for a fold doesn't know how many the name had before. */
function setTerms(terms: Collection<NameTermDocument>, source: Source, names: readonly string[]): void {
  for (let number = 0; number < NAME_TERMS_MAX; number++) setTerm(terms, source, { person: source.key as PersonId, number, term: names[number] });
}
