/** The names of people in chat: members are told with their channel; who has left, or only reads, is asked for when shown. */
import { signal, type Signal } from '@preact/signals';
import { failureText, session, whenLeaving } from '../app/session.ts';
import { nameText } from '../parts/name.tsx';

export type Named = { readonly id: string; readonly name: string | null; readonly picture?: string };

const known = new Map<string, Signal<Named | undefined>>();
whenLeaving(() => known.clear());

/** As they are told now. */
export function learnNames(people: readonly Named[]): void {
  for (const person of people) signalOf(person.id).value = person;
}

function signalOf(id: string): Signal<Named | undefined> {
  const found = known.get(id) ?? signal<Named | undefined>(undefined);
  known.set(id, found);
  return found;
}

/** Follows the name; one that isn't known yet is empty until it comes. */
export function personOf(id: string): Named {
  const isNew = !known.has(id);
  const found = signalOf(id);
  if (isNew) void ask(id, found);
  return found.value ?? { id, name: '' };
}

export const nameOf = (id: string): string => nameText(personOf(id).name);

async function ask(id: string, into: Signal<Named | undefined>): Promise<void> {
  try {
    const person = (await session.value?.tidings.read.GET('/v1/people/{person}', { params: { path: { person: id } } }))?.data;
    into.value = {
      id,
      name: person?.name ?? null,
      ...(person === undefined || person.picture === null ? {} : { picture: (person.picture.small ?? person.picture.full).url }),
    };
  } catch (error) {
    failureText(error);
    into.value = { id, name: null };
  }
}
