/** Runs one change after the other, whichever caller asks for it. */
export type Mutex = <Result>(change: () => Promise<Result>) => Promise<Result>;

export function createMutex(): Mutex {
  let changes: Promise<unknown> = Promise.resolve();
  return (change) => {
    const result = changes.then(change);
    changes = result.catch(() => undefined);
    return result;
  };
}
