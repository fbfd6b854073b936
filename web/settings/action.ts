/** Doing one thing at a time, with what became of it; and sending the password again where the server asks for it. */
import { signal, useSignal, type Signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { TidingsProblem } from '../../client/index.ts';
import { failureText } from '../app/session.ts';

export type Action = {
  readonly isRunning: Signal<boolean>;
  readonly failure: Signal<string | undefined>;
  readonly isDone: Signal<boolean>;
  /** Whether it was done. One after the other: what is chosen while another runs is done behind it. */
  readonly run: (act: () => Promise<unknown>) => Promise<boolean>;
};

export function useAction(): Action {
  const isRunning = useSignal(false);
  const failure = useSignal<string | undefined>(undefined);
  const isDone = useSignal(false);
  const last = useRef<Promise<unknown>>(Promise.resolve());
  const runNow = async (act: () => Promise<unknown>): Promise<boolean> => {
    isRunning.value = true;
    failure.value = undefined;
    isDone.value = false;
    try {
      await withRecentLogin(act);
      isDone.value = true;
    } catch (error) {
      if (!(error instanceof NotAskedAgain)) failure.value = failureText(error);
    } finally {
      isRunning.value = false;
    }
    return isDone.value;
  };
  return {
    isRunning,
    failure,
    isDone,
    run: (act) => {
      const from = document.activeElement?.closest('section');
      const running = last.current.then(() => runNow(act));
      last.current = running;
      void running.then(() => requestAnimationFrame(() => keepFocusIn(from)));
      return running;
    },
  };
}

/** Where what had it is gone, such as the entry that was removed. */
function keepFocusIn(section: HTMLElement | null | undefined): void {
  if (document.activeElement === document.body) section?.focus({ preventScroll: true });
}

/** The person has closed the dialog: nothing is done, and nothing has failed. */
class NotAskedAgain extends Error {}

export type Asking = { readonly onLoggedIn: () => void; readonly onClose: () => void };
/** Whether the dialog for the password is to be shown. */
export const asking = signal<Asking | undefined>(undefined);

async function withRecentLogin(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof TidingsProblem) || error.code !== 'login-not-recent') throw error;
    await new Promise<void>((resolve, reject) => {
      asking.value = { onLoggedIn: resolve, onClose: () => reject(new NotAskedAgain()) };
    }).finally(() => (asking.value = undefined));
    await act();
  }
}
