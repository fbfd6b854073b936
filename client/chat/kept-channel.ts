/** What is kept of a channel on the device, for the next start: its newest messages, and how far they have arrived. */
import type { Storage } from '../storage/storage.ts';
import { newestOf } from './elsewhere.ts';
import type { Messages } from './messages.ts';

/** Devices of so many others have everything up to `seq`. */
export type Delivered = { readonly seq: number; readonly people: number };
export type Kept = Messages & {
  readonly kind?: 'direct' | 'group' | 'announcement' | undefined;
  readonly delivered?: Delivered | undefined;
};

export type KeptChannel = {
  read(): Promise<Kept | undefined>;
  /** A little later, with what changes meanwhile. */
  keepSoon(ofNow: () => Kept): void;
  /** What waits to be kept is, at once, and nothing from then on. */
  close(): void;
  forget(): void;
};

type KeptDependencies = {
  readonly storage: Storage;
  readonly onStorageError: (error: unknown) => void;
  readonly onKept: (kept: Kept) => void;
};

const KEPT_AFTER_MS = 1_000;

export function keptChannel(id: string, { storage, onStorageError, onKept }: KeptDependencies): KeptChannel {
  const key = `channel/${id}`;
  let isClosed = false;
  let waiting: { readonly timer: ReturnType<typeof setTimeout>; readonly ofNow: () => Kept } | undefined;

  const flush = async (): Promise<void> => {
    if (waiting === undefined) return;
    const { timer, ofNow } = waiting;
    clearTimeout(timer);
    waiting = undefined;
    const { kind, delivered, ...messages } = ofNow();
    const kept: Kept = { ...newestOf(messages), ahead: new Map(), kind, delivered };
    await storage.set(key, kept).then(() => onKept(kept), onStorageError);
  };

  return {
    read: async () => (await storage.get(key).catch(onStorageError)) as Kept | undefined,
    keepSoon: (ofNow) => {
      if (!isClosed) waiting ??= { ofNow, timer: setTimeout(() => void flush(), KEPT_AFTER_MS) };
    },
    close: () => {
      isClosed = true;
      void flush();
    },
    forget: () => {
      clearTimeout(waiting?.timer);
      waiting = undefined;
      void storage.delete(key).catch(onStorageError);
    },
  };
}
