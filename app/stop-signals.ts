/** Somebody asks the process to stop: by SIGTERM, or by Ctrl-C. */

/** One press of Ctrl-C may arrive more than once, by way of those who started us; whoever presses again after this means at once. */
const INSISTS_AFTER_MS = 1_000;

export function onStopSignals({ ask, insist }: { readonly ask: () => void; readonly insist: () => void }): Disposable {
  let askedAt: number | undefined;
  const listener = () => {
    if (askedAt === undefined) {
      askedAt = performance.now();
      ask();
    } else if (performance.now() - askedAt > INSISTS_AFTER_MS) insist();
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return {
    [Symbol.dispose]: () => {
      process.off('SIGINT', listener);
      process.off('SIGTERM', listener);
    },
  };
}
