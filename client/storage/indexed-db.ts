/** Storage in the browser's IndexedDB, one database a person: two people on one device never see each other's. */
import { openDB, type IDBPDatabase } from 'idb';
import type { Storage } from './storage.ts';

/** As browsers have it; the types of a whole browser would hide from the servers' code what Node has not. */
declare const IDBKeyRange: { bound(lower: string, upper: string): never };

const VALUES = 'values';
const VERSION = 1;
/** Sorts behind every character of a key. */
const LAST = '\uffff';

/** Opened when it is first used; a database that another tab wants to delete or change is let go, and opened again. */
export function indexedDbStorage(name: string): Storage {
  let opening: Promise<IDBPDatabase> | undefined;
  const database = async (): Promise<IDBPDatabase> => {
    opening ??= openDB(name, VERSION, {
      upgrade: (upgraded) => void upgraded.createObjectStore(VALUES),
      blocking: () => void letGo(),
      terminated: () => {
        opening = undefined;
      },
    });
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  };
  const letGo = async () => {
    const open = await opening;
    opening = undefined;
    open?.close();
  };
  return {
    get: async (key) => (await database()).get(VALUES, key),
    set: async (key, value) => void (await (await database()).put(VALUES, value, key)),
    delete: async (key) => (await database()).delete(VALUES, key),
    list: async (prefix) => {
      const transaction = (await database()).transaction(VALUES);
      const range = IDBKeyRange.bound(prefix, prefix + LAST);
      const [keys, values] = await Promise.all([transaction.store.getAllKeys(range), transaction.store.getAll(range)]);
      return keys.map((key, n) => [String(key), values[n] as unknown] as const);
    },
    clear: async () => (await database()).clear(VALUES),
  };
}
