/**
 * Which documents a projector's events concern: what its fold names, without reading. That it names documents before it reads anything is
 * how a batch is folded (`folding/collections.ts`), and what changes can be told by without a write for each of them.
 */
import type { Recorded } from '../../domain/shared/event.ts';
import type { Document, Scalar } from '../../ports/views/port.ts';
import type { ProjectEvent } from '../folding/fold.ts';
import type { Collection, Collections } from '../projection.ts';

export type NamedDocuments = {
  /** By collection, in the order in which they were first named. */
  readonly ids: ReadonlyMap<string, ReadonlySet<string>>;
  /** Documents that an event changes by what is in them; their condition holds after the change as well. */
  readonly conditions: readonly { readonly collection: string; readonly where: Readonly<Record<string, Scalar>> }[];
};

/** An event that the projector can't apply names what it named until then: it is told again when its dead letter is released. */
export function namedDocuments(project: ProjectEvent, collections: readonly string[], events: readonly Recorded[]): NamedDocuments {
  const ids = new Map<string, Set<string>>();
  const conditions: { collection: string; where: Readonly<Record<string, Scalar>> }[] = [];
  const naming = (name: string): Collection<Document> => {
    const named = new Set<string>();
    ids.set(name, named);
    const add = (id: string) => {
      named.add(id);
      return 'unchanged' as const;
    };
    return {
      update: add,
      create: add,
      forget: add,
      merge: (id) => void named.add(id),
      mergeExisting: (id) => void named.add(id),
      // A counter says nothing that the counted documents don't say.
      increment: () => undefined,
      patch: (where) => void conditions.push({ collection: name, where }),
    };
  };
  const views: Collections<Readonly<Record<string, Document>>> = Object.fromEntries(collections.map((name) => [name, naming(name)]));
  for (const event of events) {
    try {
      project(event, views);
    } catch {
      continue;
    }
  }
  return { ids, conditions };
}
