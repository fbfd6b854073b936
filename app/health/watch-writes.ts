/**
 * Remembers whether the last write to a store failed, because only writing shows that a disk is full or a leader gone. Where it did, a
 * check tries a small write of its own: nobody else may write any more once this process is taken out of service.
 */
export type Watch = <Args extends readonly unknown[], Result>(act: (...args: Args) => Promise<Result>) => (...args: Args) => Promise<Result>;

export type WatchedWrites = {
  /** The same, with its outcome remembered. `isFailure`: whether the error says something about the store. */
  readonly watch: Watch;
  /** Throws the error of the last write, if it failed and fails still. */
  readonly check: () => Promise<void>;
};

export function watchWrites({ isFailure, probe }: { readonly isFailure: (error: unknown) => boolean; readonly probe: () => Promise<unknown> }): WatchedWrites {
  let failure: { readonly error: unknown } | undefined;
  const watch: Watch =
    (write) =>
    async (...args) => {
      try {
        const result = await write(...args);
        failure = undefined;
        return result;
      } catch (error) {
        if (isFailure(error)) failure = { error };
        throw error;
      }
    };
  return {
    watch,
    check: async () => {
      if (failure !== undefined) await watch(probe)();
    },
  };
}
