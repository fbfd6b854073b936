/** For the contract of the view store: a store, documents to write, and queries. */
import type { ExecutionContext } from 'ava';
import { postStream } from '../../domain/shared/streams.ts';
import type { Document, DocumentQuery, ViewSchema, ViewStore, DocumentWrite } from './port.ts';

/** When a process that drops a projection is killed. An adapter that drops at once may not have begun. */
export const DROP_STEPS = ['marked it', 'half emptied it', 'emptied it'] as const;
export type DropStep = (typeof DROP_STEPS)[number];

/**
 * An empty store for one test; `start` may be called several times, as several processes would. `dropAndDie` is another process, which
 * is killed.
 */
export type ViewsUnderTest = AsyncDisposable & {
  start(): Promise<ViewStore>;
  dropAndDie(projection: string, collections: readonly string[], step: DropStep): Promise<void>;
};
/** With a server of its own. */
export type ServedViewsUnderTest = Pick<ViewsUnderTest, 'start'> &
  AsyncDisposable & { readonly server: { hang(): void; resume(): void; kill(): Promise<void>; start(): Promise<void> } };

export const schema: ViewSchema = {
  'posts@1': { indexes: [{ fields: ['author', 'likes'] }, { fields: ['hidden', 'place'] }] },
  'logins@1': { indexes: [{ fields: ['name'] }] },
};
export const posts = 'posts@1';
export const projection = 'posts@1';

export const put = (id: string, document: Document, revision = 0) =>
  ({ kind: 'put', collection: posts, id, document, seen: { [postStream(id)]: revision } }) satisfies DocumentWrite;
export const remove = (id: string, revision = 1) => ({ kind: 'remove', collection: posts, id, seen: { [postStream(id)]: revision } }) satisfies DocumentWrite;

/** Adds a test, which runs on a store of its own that is prepared for `schema`. */
export type ViewsTest = (title: string, body: (t: ExecutionContext, views: ViewStore, store: ViewsUnderTest) => Promise<void>) => void;

const ids = (documents: readonly { readonly _id: string }[]) => documents.map(({ _id }) => _id);

export const idsFound = async (views: ViewStore, query: Omit<DocumentQuery, 'limit'> & { readonly limit?: number }) =>
  ids(await views.find(posts, { limit: 100, ...query }));

/** The next commit of the projection. */
export async function write(views: ViewStore, ...writes: readonly DocumentWrite[]): Promise<void> {
  const from = await views.checkpoint(projection);
  const outcome = await views.commit({ projection, from, to: String(Number(from ?? 0) + 1), writes });
  if (outcome !== 'committed') throw new Error('Another runner is running on the same store.');
}
