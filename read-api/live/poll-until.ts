/** Aborts once a check returns true. A check that fails is ignored: the next one follows. */
export function pollUntil(check: () => Promise<boolean>, everyMs: number): Disposable & { readonly signal: AbortSignal } {
  const done = new AbortController();
  const polling = setInterval(() => {
    check().then(
      (isDone) => (isDone ? done.abort() : undefined),
      () => undefined,
    );
  }, everyMs);
  return { signal: done.signal, [Symbol.dispose]: () => clearInterval(polling) };
}
