/** A list that is read page by page, newest or oldest first. */
import { signal, type Signal } from '@preact/signals';
import { failureText } from '../app/session.ts';

export type Listed<Entry> = {
  readonly entries: Signal<readonly Entry[]>;
  /** Null: there is no more. Undefined: nothing was read yet. */
  readonly next: Signal<string | null | undefined>;
  readonly failure: Signal<string | undefined>;
  /** The next page. One at a time. */
  readonly readMore: () => Promise<void>;
};

export type PageOf<Entry> = { readonly entries: readonly Entry[]; readonly next: string | null };

export function listed<Entry>(read: (cursor: string | undefined) => Promise<PageOf<Entry>>): Listed<Entry> {
  const entries = signal<readonly Entry[]>([]);
  const next = signal<string | null | undefined>(undefined);
  const failure = signal<string | undefined>(undefined);
  let isReading = false;
  return {
    entries,
    next,
    failure,
    readMore: async () => {
      if (isReading || next.value === null) return;
      isReading = true;
      failure.value = undefined;
      try {
        const page = await read(next.value);
        const known = new Set(entries.value);
        entries.value = [...entries.value, ...page.entries.filter((entry) => !known.has(entry))];
        next.value = page.next;
      } catch (error) {
        failure.value = failureText(error);
      } finally {
        isReading = false;
      }
    },
  };
}
