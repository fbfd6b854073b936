import { z } from 'zod';
import type { PersonId } from '../domain/shared/ids.ts';
import { EXAMPLE } from '../edge/examples.ts';
import type { ProfileDocument } from '../projections/read-models/profile.ts';
import type { TidingsViews } from '../projections/view-access/tidings-views.ts';
import { isUnknownTo } from './across-blocks.ts';
import type { LogFacts } from './dependencies.ts';
import { presentPicture } from './media/media-view.ts';
import { idField } from './response-fields.ts';

/** A person with the name, for lists and for authors. */
export const namedPersonSchema = z
  .object({
    id: idField('The id of the person.', EXAMPLE.bob),
    name: z
      .string()
      .nullable()
      .meta({ description: 'The name of the person. null: the person was erased, or is unknown to you.', examples: ['Bob'] }),
    picture: z
      .string()
      .optional()
      .meta({ description: 'The address of the person’s picture in its smallest size, as profiles have it. Absent: there is none, or it is not for you.' }),
  })
  .meta({ id: 'NamedPerson' });

export type NamedPerson = z.infer<typeof namedPersonSchema>;

/** In the order of the ids. */
export async function loadNames(views: Pick<TidingsViews, 'getMany'>, people: readonly PersonId[]): Promise<readonly NamedPerson[]> {
  const profiles = await views.getMany('profiles', people);
  return people.map((id, i) => namedPersonOf(id, profiles[i]));
}

export function namedPersonOf(id: PersonId, profile: ProfileDocument | undefined): NamedPerson {
  const { small, full } = (profile === undefined ? null : presentPicture(profile)) ?? {};
  const picture = (small ?? full)?.url;
  return { id, name: profile?.name ?? null, ...(picture === undefined ? {} : { picture }) };
}

type KnownNames = { readonly views: Pick<TidingsViews, 'getMany'>; readonly logFacts: Pick<LogFacts, 'isBlockedBy'> };

/** The same without the names and pictures of people who block the reader: what is left of them in a channel is the id, which the channel's history has too. */
export async function loadKnownNames({ views, logFacts }: KnownNames, reader: PersonId, people: readonly PersonId[]): Promise<readonly NamedPerson[]> {
  const [names, unknown] = await Promise.all([loadNames(views, people), Promise.all(people.map((person) => isUnknownTo(logFacts, { reader, person })))]);
  return names.map((named, i) => (unknown[i] === true ? { id: named.id, name: null } : named));
}
