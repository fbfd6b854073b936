/** Something that a part of the settings reads, and reads again after it was changed. */
import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { failureText, session } from '../app/session.ts';
import type { Tidings } from '../../client/index.ts';

export type Read<Value> = {
  /** Undefined: it has not come yet. */
  readonly value: Signal<Value | undefined>;
  readonly failure: Signal<string | undefined>;
  readonly again: () => Promise<void>;
};

/** `isWanted`: asked when it has come: where something was chosen meanwhile, what was read is of before. */
export function useRead<Value>(read: (tidings: Tidings) => Promise<Value | undefined>, isWanted: () => boolean = () => true): Read<Value> {
  const value = useSignal<Value | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const again = async () => {
    const tidings = session.value?.tidings;
    if (tidings === undefined) return;
    try {
      const found = await read(tidings);
      if (isWanted()) value.value = found;
      failure.value = undefined;
    } catch (error) {
      failure.value = failureText(error);
    }
  };
  useEffect(() => void again(), []);
  return { value, failure, again };
}
