/** SIGTERM and Ctrl-C: the first asks for an orderly stop, a later one ends the process at once. */

/** npm and a terminal both pass on one press of Ctrl-C, so that it arrives more than once; a signal after this is a second request. */
const REPEATED_AFTER_MS = 1_000;

export function onStopSignals({ stop, stopAtOnce }: { readonly stop: () => void; readonly stopAtOnce: () => void }): Disposable {
  let stoppedAt: number | undefined;
  const listener = () => {
    if (stoppedAt === undefined) {
      stoppedAt = performance.now();
      stop();
    } else if (performance.now() - stoppedAt > REPEATED_AFTER_MS) stopAtOnce();
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
