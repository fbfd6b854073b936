/**
 * Finds people by name or login name. The terms of names are a view; a login name is only ever compared with what somebody types whole,
 * for nothing of it is stored. Who may be found is asked when somebody seeks.
 */
import { z } from 'zod';
import { foldedWords, matchesName, nameTerms } from '../../domain/people/names/name-terms.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { text } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { personOfTermKey, termKeyOf, type ProfileDocument } from '../../projections/read-models/profile.ts';
import { isAcrossBlock } from '../across-blocks.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { namedPersonOf, namedPersonSchema } from '../named-person.ts';
import { CURSOR, limitParam, next } from '../pages.ts';
import { query } from '../query.ts';
import { loadReaderRelations, type ReaderRelations } from '../reader-relations.ts';

/** A login name has at most so many characters, a name has fewer; the sign before it is one more. */
const QUERY_CHARACTERS_MAX = 201;
const CURSOR_CHARACTERS_MAX = 1_024;
const FOUND_MAX = 50;
/** Terms that one query goes through; a page that they don't fill ends early, with a cursor. */
const SCANNED_MAX = 1_000;
const SCANNED_AT_ONCE = 100;
/** Sorts behind everything that begins with the text before it. */
const BEHIND_ALL = '\u{10ffff}';

const foundPerson = z.object({
  ...namedPersonSchema.shape,
  friend: z.boolean().meta({ description: 'Whether you are friends.' }),
  followed: z.boolean().meta({ description: 'Whether you follow the person.' }),
});
type FoundPerson = z.infer<typeof foundPerson>;

type Asked = { readonly reader: PersonId; readonly words: readonly string[] };
type Scan = Asked & { readonly limit: number; readonly after: string | undefined; readonly except: PersonId | undefined };

export function findPeopleRoutes(dependencies: ReadDependencies): readonly Route[] {
  return [
    query(dependencies, {
      path: '/v1/people',
      operationId: 'findPeople',
      summary: 'Find people',
      description:
        'Finds people by the beginnings of the words of their names, without regard to accents and letter case; Hangul also by its initial consonants. A whole login name, with or without `@` before it, finds its person too, first of all. People who don’t want to be found, and those across a block, are left out.',
      tag: 'People',
      example: { people: [{ id: EXAMPLE.bob, name: 'Bob', friend: false, followed: true }], next: null },
      callers: ['person'],
      limit: dependencies.limits.findPeople,
      query: z.strictObject({
        q: text(QUERY_CHARACTERS_MAX).meta({ description: 'A login name, or words that begin those of a name.', examples: ['bob'] }),
        after: z.string().max(CURSOR_CHARACTERS_MAX).optional().meta(CURSOR),
        limit: limitParam(undefined, FOUND_MAX),
      }),
      response: z.object({ people: z.array(foundPerson), next }),
      reads: ['profile', 'relationships', 'friends'],
      handle: async ({ caller: { person: reader }, query: { q, after, limit } }) => {
        const words = foldedWords(q);
        const byLogin = await findByLogin(dependencies, { reader, loginName: q.replace(/^\s*[@＠]/u, '') });
        const own = after === undefined ? byLogin : undefined;
        const scan = { reader, words, limit: limit - (own === undefined ? 0 : 1), after: cursorKey(after), except: byLogin?.id as PersonId | undefined };
        const { people, last } = await findByName(dependencies, scan);
        return { people: own === undefined ? people : [own, ...people], next: last === undefined ? null : Buffer.from(last).toString('base64url') };
      },
    }),
  ];
}

const cursorKey = (after: string | undefined): string | undefined => (after === undefined ? undefined : Buffer.from(after, 'base64url').toString());

type Seeking = Pick<ReadDependencies, 'views' | 'logFacts'>;

async function findByLogin(
  { views, logFacts }: Seeking,
  { reader, loginName }: { readonly reader: PersonId; readonly loginName: string },
): Promise<FoundPerson | undefined> {
  const person = loginName.trim() === '' ? undefined : await logFacts.personOfLogin(loginName);
  const profile = person && (await views.get('profiles', person));
  if (profile === undefined || !mayBeFound(profile, reader) || (await isAcrossBlock(logFacts, { reader, person: profile.person }))) return undefined;
  return foundOf(profile, await loadReaderRelations(views, reader, [profile.person]));
}

/**
 * In the order of the terms. `last` is the cursor: the last term that was gone through and belongs to somebody who may be found, so that it
 * tells nothing of others. Undefined at the end.
 */
async function findByName(
  dependencies: Seeking,
  { limit, after, ...scan }: Scan,
): Promise<{ readonly people: FoundPerson[]; readonly last: string | undefined }> {
  const { views } = dependencies;
  const begins = scan.words.toSorted((a, b) => b.length - a.length)[0]; // the longest is begun by the fewest
  const people: FoundPerson[] = [];
  if (begins === undefined || (after !== undefined && !after.startsWith(begins))) return { people, last: undefined };
  if (limit === 0) return { people, last: begins }; // sorts before all terms that begin so
  let last = after;
  let scanned = after;
  for (let count = 0; count < SCANNED_MAX; count += SCANNED_AT_ONCE) {
    const range = { field: 'key', before: begins + BEHIND_ALL, ...(scanned === undefined ? { from: begins } : { after: scanned }) };
    const keys = await views.pluck('name-terms', 'key', { range, order: { key: 1 }, limit: SCANNED_AT_ONCE });
    const found = await foundAt(dependencies, keys, { ...scan, begins });
    for (const [i, key] of keys.entries()) {
      const one = found[i];
      if (one === undefined) continue;
      if (one !== 'another-name') people.push(one);
      last = key;
      if (people.length === limit) return { people, last: i === keys.length - 1 && keys.length < SCANNED_AT_ONCE ? undefined : last };
    }
    if (keys.length < SCANNED_AT_ONCE) return { people, last: undefined };
    scanned = keys.at(-1);
  }
  return { people, last: last === after ? undefined : last };
}

type Sought = Asked & { readonly begins: string; readonly except: PersonId | undefined };

/**
 * Whom each key leads to: undefined for who may not be found, `another-name` for a person who is not asked for, or is found by an earlier
 * term.
 */
async function foundAt(
  { views, logFacts }: Seeking,
  keys: readonly string[],
  { reader, words, begins, except }: Sought,
): Promise<readonly (FoundPerson | 'another-name' | undefined)[]> {
  const people = keys.map(personOfTermKey);
  const profiles = await views.getMany('profiles', people);
  const relations = await loadReaderRelations(views, reader, people);
  return Promise.all(
    profiles.map(async (profile, i) => {
      if (profile === undefined || !mayBeFound(profile, reader)) return undefined;
      const { person, name } = profile;
      const relation = relations.get(person);
      if (relation?.isBlocked || relation?.hasBlockedReader) return undefined;
      const terms = nameTerms(name ?? '');
      const first = terms.filter((term) => term.startsWith(begins)).toSorted((a, b) => (a < b ? -1 : 1))[0];
      if (person === except || !matchesName(terms, words) || first === undefined || termKeyOf(first, person) !== keys[i]) return 'another-name';
      return (await isAcrossBlock(logFacts, { reader, person })) ? undefined : foundOf(profile, relations);
    }),
  );
}

/** People find themselves, and so can see how they are found. */
const mayBeFound = ({ person, findable, erased }: ProfileDocument, reader: PersonId): boolean => !erased && (findable || person === reader);

function foundOf(profile: ProfileDocument, relations: ReaderRelations): FoundPerson {
  const { isFriend = false, isFollowed = false } = relations.get(profile.person) ?? {};
  return { ...namedPersonOf(profile.person, profile), friend: isFriend, followed: isFollowed };
}
