/** What is read again and again while somebody looks at it. What was read stays until there is newer, also where a reading fails. */
import { signal, type ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { failureText } from './session.ts';

export const REFRESH_MS = 5_000;

export type Live<Value> = {
  /** Undefined: nothing was read yet. */
  readonly value: ReadonlySignal<Value | undefined>;
  /** Of the last reading. */
  readonly failure: ReadonlySignal<string | undefined>;
  /** When it was read last, in milliseconds since 1970. */
  readonly at: ReadonlySignal<number | undefined>;
  /** Resolves when it was read, or could not be. */
  readonly refresh: () => Promise<void>;
};

type LiveOptions = {
  /** Null: only when it is asked for. */
  readonly everyMs?: number | null;
  /** Another one begins anew. */
  readonly of?: string;
};

/** Nothing is asked for while the page is out of sight. */
export function useLive<Value>(read: (signal: AbortSignal) => Promise<Value>, { everyMs = REFRESH_MS, of = '' }: LiveOptions = {}): Live<Value> {
  const latest = useRef(read);
  latest.current = read;
  const live = useMemo(() => startLive<Value>((signal) => latest.current(signal), everyMs), [of]);
  useEffect(() => live.follow(), [live]);
  return live;
}

function startLive<Value>(read: (signal: AbortSignal) => Promise<Value>, everyMs: number | null): Live<Value> & { readonly follow: () => () => void } {
  const value = signal<Value | undefined>(undefined);
  const failure = signal<string | undefined>(undefined);
  const at = signal<number | undefined>(undefined);
  let ending = new AbortController();
  let reading: Promise<void> | undefined;
  let isStale = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const readOnce = async () => {
    const { signal: gone } = ending;
    try {
      const found = await read(gone);
      if (gone.aborted) return;
      value.value = found;
      failure.value = undefined;
      at.value = Date.now();
    } catch (error) {
      if (!gone.aborted) failure.value = failureText(error);
    }
  };
  const plan = () => {
    clearTimeout(timer);
    if (everyMs !== null && !ending.signal.aborted && !document.hidden) timer = setTimeout(() => void refresh(), everyMs);
  };
  /** What is asked for while a reading runs is read after it, for that one may have begun before what changed. */
  const refresh = async (): Promise<void> => {
    isStale = true;
    reading ??= (async () => {
      while (isStale && !ending.signal.aborted) {
        isStale = false;
        await readOnce();
      }
    })().finally(() => {
      reading = undefined;
      plan();
    });
    await reading;
  };
  const onSight = () => (document.hidden ? clearTimeout(timer) : everyMs !== null && void refresh());
  const follow = () => {
    ending = new AbortController();
    document.addEventListener('visibilitychange', onSight);
    void refresh();
    return () => {
      document.removeEventListener('visibilitychange', onSight);
      clearTimeout(timer);
      ending.abort();
      reading = undefined;
    };
  };
  return { value, failure, at, refresh, follow };
}
