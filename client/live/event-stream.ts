/**
 * Server-sent events (WHATWG HTML, 9.2) over `fetch`, so that they come with the session's token: opened again after whatever ends them,
 * from the event that was read last.
 */
import { backoffMs, sleep, type Backoff } from '../http/backoff.ts';
import { problemOf, TidingsProblem } from '../http/problem.ts';

export type LiveEvent = { readonly event: string; readonly id: string | undefined; readonly data: unknown };

export type EventStreamOptions = {
  readonly token: () => string | undefined;
  readonly signal?: AbortSignal;
  /** The `id` of the last event that was read before. */
  readonly lastEventId?: string;
  readonly fetch?: (url: string, init: { readonly headers: Record<string, string>; readonly signal: AbortSignal }) => Promise<Response>;
  readonly random?: () => number;
};

const BACKOFF: Backoff = { firstMs: 500, maxMs: 30_000 };
/** The server sends a comment at least every 15 s; what says nothing for longer is dead. */
const SILENCE_MS = 45_000;
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Until the caller leaves the loop, or the signal aborts. Throws a `TidingsProblem` where the server would refuse it again. */
export async function* eventStream(url: string, options: EventStreamOptions): AsyncGenerator<LiveEvent, void, undefined> {
  const { token, signal, random = Math.random, fetch = (to, init) => globalThis.fetch(to, init) } = options;
  let { lastEventId } = options;
  for (let tries = 1; signal?.aborted !== true; tries++) {
    const ending = new AbortController();
    let silence: ReturnType<typeof setTimeout> | undefined;
    const hear = () => {
      clearTimeout(silence);
      silence = setTimeout(() => ending.abort(), SILENCE_MS);
    };
    try {
      hear();
      const bearer = token();
      const response = await fetch(url, {
        headers: {
          accept: 'text/event-stream',
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
        },
        signal: signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]),
      });
      if (!response.ok && !PASSING.has(response.status)) throw await problemOf(response);
      if (response.ok && response.body !== null) {
        for await (const event of eventsIn(response.body, hear)) {
          tries = 0;
          lastEventId = event.id ?? lastEventId;
          yield event;
        }
      }
    } catch (error) {
      if (error instanceof TidingsProblem) throw error;
    } finally {
      clearTimeout(silence);
      ending.abort();
    }
    await sleep(backoffMs(BACKOFF, Math.max(1, tries), random), signal).catch(() => undefined);
  }
}

/** The events of one answer. */
export async function* eventsIn(body: ReadableStream<Uint8Array>, onBytes: () => void = () => undefined): AsyncGenerator<LiveEvent, void, undefined> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes();
      text += decoder.decode(value, { stream: true });
      const blocks = text.split(/\r\n\r\n|\n\n|\r\r/);
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = eventOf(block);
        if (event !== undefined) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function eventOf(block: string): LiveEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name !== '') fields.set(name, name === 'data' && fields.has('data') ? `${fields.get('data')}\n${value}` : value);
  }
  const data = fields.get('data');
  return data === undefined ? undefined : { event: fields.get('event') ?? 'message', id: fields.get('id'), data: JSON.parse(data) as unknown };
}
