/** A list that is read by pages and changes at its beginning: kept for the next start, asked for anew by its ETag, and bounded. */
import { observable, type Observable } from '../http/observable.ts';
import type { Storage } from '../storage/storage.ts';

export type ListState<Entry> = {
  /** The newest first, without a hole. */
  readonly entries: readonly Entry[];
  /** Whether there are older ones to load. */
  readonly hasOlder: boolean;
  /** False where what is here may not be what the server has: before the first answer, and while none comes. */
  readonly isCurrent: boolean;
};

export type List<Entry> = {
  readonly state: Observable<ListState<Entry>>;
  /** Reads what is new. Throws what the calls of the API throw. */
  refresh(): Promise<void>;
  loadOlder(): Promise<void>;
  /** Keeps it current until the function that it returns is called. What fails is tried again with the next change. */
  follow(): () => void;
};

export type ListPage<Entry> = { readonly entries: readonly Entry[]; readonly next: string | null; readonly etag: string | undefined };

export type ListSource<Entry> = {
  readonly name: string;
  readonly idOf: (entry: Entry) => string;
  /** `unchanged`: as it was when it had this ETag. */
  readonly read: (asked: { readonly before?: string; readonly etag?: string }) => Promise<ListPage<Entry> | 'unchanged'>;
  /** What is left of an entry that is written to the device. */
  readonly kept?: (entry: Entry) => Entry;
  /** Calls when something may have changed, until the function that it returns is called. */
  readonly onChange: (listener: () => void) => () => void;
};

type Kept<Entry> = ListPage<Entry> & { readonly epoch: number | undefined };

export type ListDependencies = {
  readonly storage: Storage;
  readonly onStorageError: (error: unknown) => void;
  /** Of the log that the entries are of: those of another one are forgotten. */
  readonly epoch: () => Promise<number | undefined>;
};

const NOTHING = { entries: [], next: null, etag: undefined } as const;
/** Where somebody has scrolled further, all but the newest page is let go when something changes. */
const ENTRIES_MAX = 2_000;
/** Several changes that come together are one reason to ask; and once more, for the views may be behind what was told. */
const ASK_AFTER_MS: readonly number[] = [250, 2_000];

export async function openList<Entry>(source: ListSource<Entry>, { storage, onStorageError, epoch }: ListDependencies): Promise<List<Entry>> {
  const key = `list/${source.name}`;
  const stored = (await storage.get(key).catch(onStorageError)) as Kept<Entry> | undefined;
  let ofEpoch = await epoch();
  let { entries, next, etag }: ListPage<Entry> = stored !== undefined && stored.epoch === ofEpoch ? stored : NOTHING;
  const state = observable<ListState<Entry>>({ entries, hasOlder: next !== null, isCurrent: false });
  let refreshing: Promise<void> | undefined;

  const show = (isCurrent: boolean): void => state.set({ entries, hasOlder: next !== null, isCurrent });

  /** The newest page, whole: what is behind it has another cursor. */
  const keep = async (page: ListPage<Entry>): Promise<void> => {
    const value: Kept<Entry> = { ...page, entries: page.entries.map(source.kept ?? ((entry) => entry)), epoch: ofEpoch };
    await storage.set(key, value).catch(onStorageError);
  };

  const readNewest = async (): Promise<void> => {
    try {
      if (ofEpoch !== (await epoch())) ({ entries, next, etag } = NOTHING);
      ofEpoch = await epoch();
      const page = await source.read(etag === undefined ? {} : { etag });
      if (page === 'unchanged') return show(true);
      const older = behind(page, entries, source.idOf);
      if (older.length === 0) next = page.next;
      entries = [...page.entries, ...older];
      etag = page.etag;
      show(true);
      await keep(page);
    } catch (error) {
      show(false);
      throw error;
    }
  };
  const refresh = (): Promise<void> => (refreshing ??= readNewest().finally(() => (refreshing = undefined)));

  return {
    state,
    refresh,
    loadOlder: async () => {
      if (next === null) return;
      const page = await source.read({ before: next });
      if (page === 'unchanged') return;
      const known = new Set(entries.map(source.idOf));
      entries = [...entries, ...page.entries.filter((entry) => !known.has(source.idOf(entry)))];
      next = page.next;
      show(state.value.isCurrent);
    },
    follow: () => {
      let timers: readonly ReturnType<typeof setTimeout>[] = [];
      const ask = () => void refresh().catch(() => undefined);
      ask();
      const stop = source.onChange(() => {
        timers.forEach(clearTimeout);
        timers = ASK_AFTER_MS.map((ms) => setTimeout(ask, ms));
      });
      return () => {
        timers.forEach(clearTimeout);
        stop();
      };
    },
  };
}

/** Of those that were known, what follows the page. Nothing where the page has none of them, for there may be a hole between. */
function behind<Entry>(page: ListPage<Entry>, known: readonly Entry[], idOf: (entry: Entry) => string): readonly Entry[] {
  if (page.next === null) return [];
  const shown = new Set(page.entries.map(idOf));
  const last = known.findLastIndex((entry) => shown.has(idOf(entry)));
  return last === -1 || known.length > ENTRIES_MAX ? [] : known.slice(last + 1);
}
