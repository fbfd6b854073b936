/**
 * Bounds the bytes that wait for clients that read slowly or not at all: over all listeners of a process together. A connection whose
 * client takes nothing for long is ended; where too many bytes wait, the connections with the most are ended first.
 */
import { SECOND_MS } from '../../domain/shared/instant.ts';

/** Over all connections of the process. */
export const UNSENT_BYTES_MAX = 256 * 1024 * 1024;
/** A client has so long to take what was written: the longest response in one piece, so this is its least speed as well. */
export const RESPONSE_STALLED_MS = 120 * SECOND_MS;
const CHECK_MS = SECOND_MS;

export type CutReason = 'stalled' | 'unsent-bytes';

/** The connections of a listener. */
export type UnsentSource<Connection extends object> = {
  readonly connections: () => Iterable<Connection>;
  /** Waiting in this process for the client. */
  readonly unsentBytesOf: (connection: Connection) => number;
  /** What the client has taken so far; only its changes count. */
  readonly takenBytesOf: (connection: Connection) => number;
  readonly cut: (connection: Connection, reason: CutReason) => void;
};

export type UnsentBytes = Disposable & {
  watch<Connection extends object>(source: UnsentSource<Connection>): Disposable;
  /** By the last check. */
  readonly waitingBytes: () => number;
};

export type UnsentBytesConfig = { readonly unsentBytesMax?: number; readonly responseStalledMs?: number; readonly checkMs?: number };

export function startUnsentBytes({
  unsentBytesMax = UNSENT_BYTES_MAX,
  responseStalledMs = RESPONSE_STALLED_MS,
  checkMs = CHECK_MS,
}: UnsentBytesConfig = {}): UnsentBytes {
  const listeners = new Set<() => readonly Waiting[]>();
  const progress = new WeakMap<object, Progress>();
  let waitingBytes = 0;

  const check = () => {
    const waiting = [...listeners].flatMap((waitingConnections) => waitingConnections());
    waitingBytes = waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    if (waitingBytes <= unsentBytesMax) return;
    for (const { bytes, cut } of waiting.sort((one, other) => other.bytes - one.bytes)) {
      if (waitingBytes <= unsentBytesMax) return;
      cut();
      waitingBytes -= bytes;
    }
  };
  const checking = setInterval(check, checkMs);
  checking.unref();

  return {
    watch: (source) => {
      const waitingConnections = () => [...waitingOf(source, progress, responseStalledMs)];
      listeners.add(waitingConnections);
      return { [Symbol.dispose]: () => void listeners.delete(waitingConnections) };
    },
    waitingBytes: () => waitingBytes,
    [Symbol.dispose]: () => clearInterval(checking),
  };
}

type Progress = { readonly takenBytes: number; readonly sinceMs: number };
type Waiting = { readonly bytes: number; readonly cut: () => void };

/** Ends the stalled connections, and yields the others that have something to send. */
function* waitingOf<Connection extends object>(
  { connections, unsentBytesOf, takenBytesOf, cut }: UnsentSource<Connection>,
  progress: WeakMap<object, Progress>,
  responseStalledMs: number,
): Iterable<Waiting> {
  const nowMs = performance.now();
  for (const connection of connections()) {
    const bytes = unsentBytesOf(connection);
    if (bytes === 0) continue; // what was taken until then has changed the count
    const takenBytes = takenBytesOf(connection);
    const last = progress.get(connection);
    if (last?.takenBytes !== takenBytes) progress.set(connection, { takenBytes, sinceMs: nowMs });
    else if (nowMs - last.sinceMs >= responseStalledMs) {
      cut(connection, 'stalled');
      continue;
    }
    yield { bytes, cut: () => cut(connection, 'unsent-bytes') };
  }
}
