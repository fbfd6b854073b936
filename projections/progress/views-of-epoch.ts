/**
 * The views of one epoch of the log. A log that was restored may have grown past an old checkpoint again, with other events, and
 * nothing in the checkpoint tells so. So each epoch has collections and checkpoints of its own, by their names: those of another one
 * are never read, whoever writes them still, and views are built anew. In the first epoch the names are as they are.
 */
import { FIRST_EPOCH, type LogEpoch } from '../../ports/event-log/port.ts';
import type { ReadableViews, ViewStore } from '../../ports/views/port.ts';

const PREFIX = /^e([1-9]\d*)\./;
const prefixOf = (epoch: LogEpoch): string => (epoch === FIRST_EPOCH ? '' : `e${epoch}.`);

/** The name in the views of one epoch. */
export const nameIn = (epoch: LogEpoch, name: string): string => prefixOf(epoch) + name;

/** Which epoch a stored name is of, and the name in it. */
export function splitName(stored: string): { readonly epoch: LogEpoch; readonly name: string } {
  const [prefix = '', epoch = String(FIRST_EPOCH)] = PREFIX.exec(stored) ?? [];
  return { epoch: Number(epoch), name: stored.slice(prefix.length) };
}

export function viewsOfEpoch(views: ViewStore, epoch: LogEpoch): ViewStore {
  if (epoch === FIRST_EPOCH) return views;
  const stored = (name: string): string => nameIn(epoch, name);
  return {
    ...views,
    ...readOfEpoch(views, epoch),
    prepare: (schema) => views.prepare(Object.fromEntries(Object.entries(schema).map(([collection, of]) => [stored(collection), of]))),
    commit: ({ projection, writes, ...commit }) =>
      views.commit({ ...commit, projection: stored(projection), writes: writes.map((write) => ({ ...write, collection: stored(write.collection) })) }),
    drop: (projection, collections) => views.drop(stored(projection), collections.map(stored)),
  };
}

/** The same for who only reads. */
export function readOfEpoch(views: ReadableViews, epoch: LogEpoch): ReadableViews {
  if (epoch === FIRST_EPOCH) return views;
  const stored = (name: string): string => nameIn(epoch, name);
  return {
    identity: () => views.identity(),
    checkpoint: (projection) => views.checkpoint(stored(projection)),
    checkpoints: async () => {
      const own = [...(await views.checkpoints())].map(([name, position]) => ({ ...splitName(name), position })).filter((one) => one.epoch === epoch);
      return new Map(own.map(({ name, position }) => [name, position]));
    },
    load: (collection, ids) => views.load(stored(collection), ids),
    get: (collection, id) => views.get(stored(collection), id),
    getMany: (collection, ids) => views.getMany(stored(collection), ids),
    find: (collection, query) => views.find(stored(collection), query),
    findPage: (collection, query) => views.findPage(stored(collection), query),
    getFirst: (collection, ids, bytesMax) => views.getFirst(stored(collection), ids, bytesMax),
    pluck: (collection, field, query) => views.pluck(stored(collection), field, query),
    count: (collection, where) => views.count(stored(collection), where),
  };
}
