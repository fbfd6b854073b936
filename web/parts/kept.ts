/** What a page has read, kept for who comes back to it: a way back shows what was there, where it was. */
import { useMemo } from 'preact/hooks';
import { entry } from '../app/routes.ts';
import { whenLeaving } from '../app/session.ts';

const KEPT_MAX = 30;
const kept = new Map<string, unknown>();
whenLeaving(() => kept.clear());

/** The same at the same entry of the history, under the same name. */
export function useKept<Kept>(name: string, make: () => Kept): Kept {
  return useMemo(() => {
    const key = `${entry.peek()}/${name}`;
    const found = kept.get(key) as Kept | undefined;
    const value = found ?? make();
    kept.delete(key);
    kept.set(key, value);
    for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - KEPT_MAX))) kept.delete(oldest);
    return value;
  }, [name]);
}
