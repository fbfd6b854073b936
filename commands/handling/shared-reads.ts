/**
 * Reads that many ask for at once. Whoever asks while a read of the same thing is under way gets the next one, which begins only after
 * they asked: what they get is never older than their call, and however many ask, one read is under way and one waits.
 */
export type ShareReads = <Value>(what: string, read: () => Promise<Value>) => Promise<Value>;

/** The reads of one thing must all answer the same type. */
export function createSharedReads(): ShareReads {
  const waiting = new Map<string, Promise<unknown>>();
  const underWay = new Map<string, Promise<unknown>>();

  const begin = async <Value>(what: string, read: () => Promise<Value>): Promise<Value> => {
    const before = underWay.get(what);
    // Also where none is under way: those who ask in the same turn get the same read.
    await before?.catch(() => undefined);
    await undefined;
    waiting.delete(what);
    const reading = read();
    underWay.set(what, reading);
    try {
      return await reading;
    } finally {
      if (underWay.get(what) === reading) underWay.delete(what);
    }
  };

  return <Value>(what: string, read: () => Promise<Value>): Promise<Value> => {
    const joined = waiting.get(what) as Promise<Value> | undefined;
    if (joined !== undefined) return joined;
    const begun = begin(what, read);
    waiting.set(what, begun);
    return begun;
  };
}
