/** Where a client keeps what must outlive a reload: messages that wait to be sent, and what was read. Values are structured-cloneable. */
export type Storage = {
  get(key: string): Promise<unknown>;
  /** Rejects where there is no room. */
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  /** Those whose key begins so, in the order of their keys. */
  list(prefix: string): Promise<readonly (readonly [string, unknown])[]>;
  clear(): Promise<void>;
};

/** Of this page alone: a reload forgets it. */
export function memoryStorage(): Storage {
  const values = new Map<string, unknown>();
  return {
    get: async (key) => values.get(key),
    set: async (key, value) => void values.set(key, structuredClone(value)),
    delete: async (key) => void values.delete(key),
    list: async (prefix) => [...values].filter(([key]) => key.startsWith(prefix)).sort(([one], [other]) => (one < other ? -1 : 1)),
    clear: async () => values.clear(),
  };
}

/** Once it is cleared it keeps nothing any more, whoever still has something to write. */
export function closable(storage: Storage): Storage {
  let isClosed = false;
  return {
    ...storage,
    set: async (key, value) => {
      if (!isClosed) await storage.set(key, value);
    },
    clear: async () => {
      isClosed = true;
      await storage.clear();
    },
  };
}
