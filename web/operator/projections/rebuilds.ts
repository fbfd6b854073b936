/** Rebuilds that this page has asked for. They go on while the operator looks at other pages, and end when the document is left: who disconnects cancels. */
import { signal } from '@preact/signals';
import { ask, CallFailed } from '../app/call.ts';
import { failureText } from '../app/session.ts';
import { announcement } from '../parts/action.tsx';
import { t } from '../text/text.ts';

export type Rebuild = {
  /** From 0 to 1; undefined: not known yet. */
  readonly done: number | undefined;
  readonly failure: string | undefined;
  readonly cancel: () => void;
};

export const rebuilds = signal<ReadonlyMap<string, Rebuild>>(new Map());

const isRunning = (): boolean => [...rebuilds.value.values()].some(({ failure }) => failure === undefined);

addEventListener('beforeunload', (event) => {
  if (isRunning()) event.preventDefault();
});

/** Resolves once it has begun. Throws a `CallFailed` where it can't. */
export async function beginRebuild(projection: string, reason: string | undefined): Promise<void> {
  const ending = new AbortController();
  const begun = Promise.withResolvers<void>();
  const update = (changed: Partial<Rebuild> | undefined) => {
    const next = new Map(rebuilds.value);
    if (changed === undefined) next.delete(projection);
    else next.set(projection, { done: undefined, failure: undefined, cancel: () => ending.abort(), ...next.get(projection), ...changed });
    rebuilds.value = next;
  };
  const run = async () => {
    const lines = await ask(
      'rebuild-projection',
      { projection },
      {
        reason,
        signal: ending.signal,
        onLine: (line) => {
          begun.resolve();
          if (line.is === 'progress') update({ done: line.logEvents === 0 ? 1 : Math.max(0, 1 - line.lagEvents / line.logEvents) });
        },
      },
    );
    const result = lines.find((line) => line.is === 'result');
    announcement.value = t(result?.is === 'result' && result.outcome === 'activated' ? 'rebuild.activated' : 'rebuild.goesOn', { projection });
    update(undefined);
    begun.resolve();
  };
  update({ failure: undefined, done: undefined });
  run().catch((error: unknown) => {
    if (error instanceof CallFailed && ending.signal.aborted) {
      announcement.value = t('rebuild.cancelled', { projection });
      update(undefined);
      return begun.resolve();
    }
    update({ failure: failureText(error) });
    begun.reject(error as Error);
  });
  await begun.promise;
}

export function dismissRebuild(projection: string): void {
  rebuilds.value = new Map([...rebuilds.value].filter(([name]) => name !== projection));
}
