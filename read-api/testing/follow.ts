/** A client of a stream of events that keeps all events that it received. */
import { setTimeout as after } from 'node:timers/promises';

const TIMEOUT_MS = 60_000;

export type StreamEvent = { readonly event: string; readonly data: { readonly id?: string }; readonly id?: string };

type Followed<As> = { readonly url: string; readonly credentialsOf: (as: As, path: string) => Record<string, string> };

export async function follow<As>(api: Followed<As>, as: As, path: string, headers: Readonly<Record<string, string>> = {}) {
  const leaving = new AbortController();
  const response = await fetch(api.url + path, { headers: { ...api.credentialsOf(as, path), ...headers }, signal: leaving.signal });
  const events: StreamEvent[] = [];
  const ended = (async () => {
    let text = '';
    try {
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        text += Buffer.from(chunk).toString();
        const frames = text.split('\n\n');
        text = frames.pop() ?? '';
        for (const frame of frames) {
          const { id, event, data } = /^(?:id: (?<id>.*)\n)?event: (?<event>.*)\ndata: (?<data>.*)$/.exec(frame)?.groups ?? {};
          if (event !== undefined) events.push({ event, data: JSON.parse(data ?? '') as StreamEvent['data'], ...(id !== undefined && { id }) });
        }
      }
      return 'ended';
    } catch {
      return 'left';
    }
  })();
  return { status: response.status, events, ended, leave: () => leaving.abort() };
}

/** Sorted, because the order of posts of two authors is not promised. */
export const idsOf = (events: readonly StreamEvent[]) => events.map(({ data }) => String(data.id)).sort();

export async function waitUntil(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + TIMEOUT_MS; !condition(); await after(2))
    if (performance.now() > end) throw new Error(`not true in time: ${condition.toString()}`);
}
