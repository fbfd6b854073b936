/**
 * Failures that are alike, of which the log tells some: while a server is away, each connection fails several times a second, and what an
 * operator looks for would drown. The metric counts all of them.
 */
const TOLD_AGAIN_AFTER_MS = 5_000;
/** Failures that are told apart at a time; the one that was told longest ago is forgotten first. */
const REMEMBERED_MAX = 200;

/**
 * Called for each failure. `repeated`: how many like it were not told since the last that was; undefined: this one is not told either.
 */
export function createRepeatedFailures({ nowMs = () => performance.now() }: { readonly nowMs?: () => number } = {}) {
  const told = new Map<string, { readonly atMs: number; repeated: number }>();
  return (component: string, error: unknown): { readonly repeated: number } | undefined => {
    const alike = `${component} ${String(error)}`;
    const before = told.get(alike);
    if (before !== undefined && nowMs() - before.atMs < TOLD_AGAIN_AFTER_MS) {
      before.repeated += 1;
      return undefined;
    }
    told.delete(alike);
    told.set(alike, { atMs: nowMs(), repeated: 0 });
    if (told.size > REMEMBERED_MAX) told.delete(told.keys().next().value ?? '');
    return { repeated: before?.repeated ?? 0 };
  };
}
