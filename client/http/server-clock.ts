/**
 * The server's time, as far as this client knows it: ids that are made from it say truly when the user acted, whatever the local clock
 * says and however it is set meanwhile. Before the first answer it is the local time.
 */
export type ServerClock = {
  readonly nowMs: () => number;
  /** The time that an answer said it was when it was made; the delay of the network makes it a little late, never early. */
  readonly observe: (serverMs: number) => void;
};

export function createServerClock({
  now = Date.now,
  monotonicMs = () => performance.now(),
}: { readonly now?: () => number; readonly monotonicMs?: () => number } = {}): ServerClock {
  let base = { serverMs: now(), atMs: monotonicMs(), isLocal: true };
  const nowMs = () => base.serverMs + monotonicMs() - base.atMs;
  return {
    nowMs,
    observe: (serverMs) => {
      // The answer that says the latest time was the fastest on its way; a machine that slept has stood still meanwhile.
      if (base.isLocal || serverMs > nowMs()) base = { serverMs, atMs: monotonicMs(), isLocal: false };
    },
  };
}
