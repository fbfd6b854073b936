/** Queries by logical collection name: each is answered from the build of its projection that is active. A map lookup is all this adds to a read. */
import type { Document, DocumentPage, DocumentQuery, ViewStore } from '../../ports/views/port.ts';
import type { ActiveVersions } from '../progress/active-versions.ts';

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
  readonly versions: Pick<ActiveVersions, 'physicalCollectionOf'>;
};

export function activeViews<Documents extends Readonly<Record<string, Document>>>({ views, versions }: ActiveViewsDependencies): ActiveViews<Documents> {
  return {
    get: (collection, id) => views.get(versions.physicalCollectionOf(collection), id),
    getMany: (collection, ids) => views.getMany(versions.physicalCollectionOf(collection), ids),
    find: (collection, query) => views.find(versions.physicalCollectionOf(collection), query),
    findPage: (collection, query) => views.findPage(versions.physicalCollectionOf(collection), query),
    getFirst: (collection, ids, bytesMax) => views.getFirst(versions.physicalCollectionOf(collection), ids, bytesMax),
    pluck: async <Name extends keyof Documents & string, Field extends keyof FoundDocument<Documents[Name]> & string>(
      collection: Name,
      field: Field,
      query: DocumentQuery,
    ) => (await views.pluck(versions.physicalCollectionOf(collection), field, query)) as readonly (FoundDocument<Documents[Name]>[Field] & string)[],
    count: (collection, where) => views.count(versions.physicalCollectionOf(collection), where),
  };
}
