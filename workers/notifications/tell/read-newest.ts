import type { TidingsEvent } from '../../../domain/events.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
import { Undecodable } from '../../../ports/event-log/codec.ts';
import type { StoredEvent } from '../../../ports/event-log/port.ts';
import type { DomainReader } from '../../dependencies.ts';

const PAGE_EVENTS = 50;

/** The newest events of a stream, the newest first, in pages: a reader that has found what it looks for reads no further. An event that can't be decoded is left out. */
export async function* readNewest(
  { log, codec }: Pick<DomainReader, 'log' | 'codec'>,
  stream: string,
  eventsMax: number,
): AsyncIterable<Recorded<TidingsEvent>> {
  let from: number | 'end' = 'end';
  for (let left = eventsMax; left > 0;) {
    const page: StoredEvent[] = [];
    for await (const stored of log.readStream(stream, { from, direction: 'backwards', limit: Math.min(left, PAGE_EVENTS) })) page.push(stored);
    for (const event of await codec.decodeAll(page)) if (!(event instanceof Undecodable)) yield event;
    const oldest = page.at(-1)?.revision ?? 0;
    if (oldest === 0) return;
    left -= page.length;
    from = oldest - 1;
  }
}
