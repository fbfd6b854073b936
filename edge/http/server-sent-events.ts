/** Server-sent events (WHATWG HTML, 9.2): written at the pace at which the client reads, with keepalive comments in between. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Proxies close connections that are silent for long. */
const KEEPALIVE_MS = 15_000;
/** Tells a client how long to wait before it reconnects. */
const RETRY_MS = 2_000;

/** `data` is plain JSON. A client that reconnects sends the last `id` as `Last-Event-ID`. */
export type ServerSentEvent = { readonly event: string; readonly data: unknown; readonly id?: string };

type StreamOptions = {
  readonly signal: AbortSignal;
  /** Counts the bytes of each event for the caller. */
  readonly charge?: (bytes: number) => void;
};

/** Ends when the events end or the signal aborts. */
export async function streamEvents(
  response: ServerResponse,
  events: AsyncIterable<ServerSentEvent>,
  { signal, charge = () => undefined }: StreamOptions,
): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
  if (response.req.method === 'HEAD') return void response.end(); // headers only
  response.write(`retry: ${RETRY_MS}\n\n`);
  const keepalive = setInterval(() => response.write(':\n\n'), KEEPALIVE_MS);
  try {
    for await (const event of untilAborted(events, signal)) {
      const text = textOf(event);
      charge(text.length);
      if (!response.write(text)) await once(response, 'drain', { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(keepalive);
    response.end();
  }
}

function textOf({ event, data, id }: ServerSentEvent): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Stops waiting for the next item when the signal aborts, even if the source doesn't watch the signal. */
async function* untilAborted<Item>(items: AsyncIterable<Item>, signal: AbortSignal): AsyncIterable<Item> {
  const iterator = items[Symbol.asyncIterator]();
  const aborted = new Promise<'aborted'>((resolve) => {
    if (signal.aborted) resolve('aborted');
    else signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next === 'aborted' || next.done === true) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a source that is waiting for its next item returns only when that arrives.
    void iterator.return?.().then(undefined, () => undefined);
  }
}
