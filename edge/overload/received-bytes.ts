/**
 * Bounds the bytes of bodies that are being received: clients that send a body slowly, or only begin it, hold what they have sent. Where
 * that is too much, the bodies that began first are given up: one of an honest client is there within moments.
 */

/** Over all connections of a listener. */
export const RECEIVED_BYTES_MAX = 128 * 1024 * 1024;

export type ReceivedBytes = {
  /** `giveUp` ends the request. Disposed of when the body is there, or will not come. */
  begin(giveUp: () => void): Disposable & { add(bytes: number): void };
};

type ReceivedBytesConfig = {
  readonly receivedBytesMax?: number | undefined;
  /** Called for each body that is given up. */
  readonly onGiveUp?: () => void;
};

export function createReceivedBytes({ receivedBytesMax = RECEIVED_BYTES_MAX, onGiveUp = () => undefined }: ReceivedBytesConfig = {}): ReceivedBytes {
  /** In the order in which they began. */
  const bodies = new Set<{ bytes: number; readonly giveUp: () => void }>();
  let received = 0;
  return {
    begin: (giveUp) => {
      const body = { bytes: 0, giveUp };
      bodies.add(body);
      const end = (ended: typeof body) => {
        if (bodies.delete(ended)) received -= ended.bytes;
      };
      return {
        add: (bytes) => {
          if (!bodies.has(body)) return; // given up already
          body.bytes += bytes;
          received += bytes;
          for (const oldest of bodies) {
            if (received <= receivedBytesMax) return;
            end(oldest);
            oldest.giveUp();
            onGiveUp();
          }
        },
        [Symbol.dispose]: () => end(body),
      };
    },
  };
}
