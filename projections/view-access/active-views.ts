/** Queries by logical collection name: each is answered from the build of its projection that is active. A map lookup is all this adds to a read. */
import type { Document, DocumentPage, DocumentQuery, ViewStore } from '../../ports/views/port.ts';
import type { ActiveVersions } from '../progress/active-versions.ts';
import type { BuiltBuilds } from '../progress/built.ts';

/** `position` is where in the log the document changed last: it sorts within a log, and a collection with an index on it can be followed. */
export type FoundDocument<Doc> = Doc & { readonly _id: string; readonly position?: string };

export type ActiveViews<Documents extends Readonly<Record<string, Document>>> = {
  get<Name extends keyof Documents & string>(collection: Name, id: string): Promise<Documents[Name] | undefined>;
  /** In the order asked for; `undefined` where there is none. */
  getMany<Name extends keyof Documents & string>(collection: Name, ids: readonly string[]): Promise<readonly (Documents[Name] | undefined)[]>;
  find<Name extends keyof Documents & string>(collection: Name, query: DocumentQuery): Promise<readonly FoundDocument<Documents[Name]>[]>;
  /** What `find` answers, up to so many bytes, and at least one document. */
  findPage<Name extends keyof Documents & string>(
    collection: Name,
    query: DocumentQuery & { readonly bytesMax: number },
  ): Promise<DocumentPage<FoundDocument<Documents[Name]>>>;
  /** What `getMany` answers, up to so many bytes, and at least the first: the answer may be shorter than the list of ids. */
  getFirst<Name extends keyof Documents & string>(
    collection: Name,
    ids: readonly string[],
    bytesMax: number,
  ): Promise<readonly (Documents[Name] | undefined)[]>;
  /** The text in one indexed field of each document that `find` would answer. */
  pluck<Name extends keyof Documents & string, Field extends keyof FoundDocument<Documents[Name]> & string>(
    collection: Name,
    field: Field,
    query: DocumentQuery,
  ): Promise<readonly (FoundDocument<Documents[Name]>[Field] & string)[]>;
  count<Name extends keyof Documents & string>(collection: Name, where?: DocumentQuery['where']): Promise<number>;
};

type ActiveViewsDependencies = {
  readonly views: Pick<ViewStore, 'get' | 'getMany' | 'getFirst' | 'find' | 'findPage' | 'pluck' | 'count'>;
  readonly versions: Pick<ActiveVersions, 'physicalCollectionOf'> & Partial<Pick<ActiveVersions, 'runnerOf'>>;
  /** Where it is absent, builds that have never caught up are read as well. */
  readonly built?: BuiltBuilds;
};

export function activeViews<Documents extends Readonly<Record<string, Document>>>({ views, versions, built }: ActiveViewsDependencies): ActiveViews<Documents> {
  /** Reads from the active build of the collection, once it is known to have caught up. */
  const from = <Answer>(collection: string, read: (physical: string) => Promise<Answer>): Promise<Answer> => {
    const runner = versions.runnerOf?.(collection);
    if (built === undefined || runner === undefined || built.isKnown(runner)) return read(versions.physicalCollectionOf(collection));
    return built.ensure(runner).then(() => read(versions.physicalCollectionOf(collection)));
  };
  return {
    get: (collection, id) => from(collection, (physical) => views.get(physical, id)),
    getMany: (collection, ids) => from(collection, (physical) => views.getMany(physical, ids)),
    find: (collection, query) => from(collection, (physical) => views.find(physical, query)),
    findPage: (collection, query) => from(collection, (physical) => views.findPage(physical, query)),
    getFirst: (collection, ids, bytesMax) => from(collection, (physical) => views.getFirst(physical, ids, bytesMax)),
    pluck: async <Name extends keyof Documents & string, Field extends keyof FoundDocument<Documents[Name]> & string>(
      collection: Name,
      field: Field,
      query: DocumentQuery,
    ) => (await from(collection, (physical) => views.pluck(physical, field, query))) as readonly (FoundDocument<Documents[Name]>[Field] & string)[],
    count: (collection, where) => from(collection, (physical) => views.count(physical, where)),
  };
}
