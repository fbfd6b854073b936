/** Bounds how many of something each caller, person or address has at once: requests, connections, streams. */

export type AtOnce = {
  /** Undefined: the key has as many as it may. Disposed of when this one is over. */
  begin(key: string): Disposable | undefined;
};

export function limitAtOnce(max: number): AtOnce {
  const counts = new Map<string, number>();
  const end = (key: string) => {
    const left = (counts.get(key) ?? 0) - 1;
    if (left > 0) counts.set(key, left);
    else counts.delete(key);
  };
  return {
    begin: (key) => {
      const count = counts.get(key) ?? 0;
      if (count >= max) return undefined;
      counts.set(key, count + 1);
      let isOver = false;
      return {
        [Symbol.dispose]: () => {
          if (!isOver) end(key);
          isOver = true;
        },
      };
    },
  };
}
