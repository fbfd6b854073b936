/** A stream of server-sent events of a person's feed, which keeps what it received. */
export type FollowedFeed = AsyncDisposable & {
  /** The stream as text, so far. */
  received(): string;
  isOpen(): boolean;
};

/** Resolves once it is ready. Throws the status and code of a refusal. */
export async function followFeed(url: string, headers: Readonly<Record<string, string>>, readyWithinMs = 60_000): Promise<FollowedFeed> {
  const ending = new AbortController();
  const isLate = setTimeout(() => ending.abort(new Error('hangs')), readyWithinMs);
  try {
    const response = await fetch(`${url}/v1/me/feed/live`, { headers, signal: ending.signal });
    if (!response.ok || response.body === null) throw new Error(`${response.status} ${String(((await response.json()) as Record<string, unknown>)['code'])}`);
    let [text, isOpen] = ['', true];
    const ready = Promise.withResolvers<void>();
    const reading = (async () => {
      for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        text += part;
        if (text.includes('event: ready')) ready.resolve();
      }
    })().catch(() => undefined);
    const ended = reading.then(() => {
      isOpen = false;
      ready.reject(new Error(ending.signal.aborted ? 'hangs' : `ended before it was ready: ${text}`));
    });
    await ready.promise;
    return {
      received: () => text,
      isOpen: () => isOpen,
      [Symbol.asyncDispose]: async () => {
        ending.abort();
        await ended;
      },
    };
  } finally {
    clearTimeout(isLate);
  }
}
