/** A stream of events over HTTP (WHATWG HTML, 9.2): written at the pace the client reads, with signs of life in between. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Proxies cut what is silent for long. */
const SIGN_OF_LIFE_MS = 15_000;
/** How long a client that lost the stream is to wait before it asks again. */
const RETRY_MS = 2_000;

/** `data` is plain JSON. `id` is what the client sends back as `Last-Event-ID`. */
export type ServerSentEvent = { readonly event: string; readonly data: unknown; readonly id?: string };

/** Ends when the events do or the signal aborts. */
export async function streamEvents(response: ServerResponse, events: AsyncIterable<ServerSentEvent>, signal: AbortSignal): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
  if (response.req.method === 'HEAD') return void response.end(); // of a stream there is nothing more to tell
  response.write(`retry: ${RETRY_MS}\n\n`);
  const life = setInterval(() => response.write(':\n\n'), SIGN_OF_LIFE_MS);
  try {
    for await (const event of untilAborted(events, signal)) {
      if (!response.write(textOf(event))) await once(response, 'drain', { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(life);
    response.end();
  }
}

function textOf({ event, data, id }: ServerSentEvent): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Waiting for the next event ends with the signal, also where the events' source doesn't know of it. */
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
    // Not awaited: a source that waits for its next item returns only when that comes.
    void iterator.return?.().then(undefined, () => undefined);
  }
}
