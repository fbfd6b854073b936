/** The part of an event log's contract that is about subscriptions that may be quiet. */
import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import type { EventLog, NewEvent, Passed, Position, StoredEvent } from './port.ts';
import { covers, merge } from './position.ts';

/** `reopened` closes the log and opens it again: acknowledged events must be there. */
export type LogUnderTest = AsyncDisposable & { readonly log: EventLog; reopened(): Promise<EventLog> };
export type RunTest = (title: string, check: (t: ExecutionContext) => Promise<void>) => void;

type Contract = { readonly start: () => Promise<LogUnderTest>; readonly run: RunTest; readonly event: (type: string) => NewEvent };

export function quietContract(adapter: string, { start, run, event }: Contract): void {
  run(`${adapter}: a subscription that may be quiet answers each event of its types once, and never tells that it has passed one before`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const [name = ''] = log.logs;
    const type = `test.quiet-${randomUUID()}.v1`;
    const stop = new AbortController();
    let passed: Passed | undefined;
    let batched: Position | undefined;
    const seen: StoredEvent[] = [];
    const reading = (async () => {
      const options = { types: [type], signal: stop.signal, onQuiet: (now: Passed | undefined) => void (passed = now) };
      for await (const { events, position } of log.subscribe(name, options)) {
        t.is(passed, undefined, 'not while there is something to read');
        seen.push(...events);
        batched = merge(batched, position);
      }
    })();
    const reached = () => merge(batched, passed?.());
    for (let n = 0; n < 12; n++) {
      const stream = `test-${randomUUID()}`;
      const appended = await log.append(stream, [event(n % 3 === 2 ? type : 'test.other.v1')], 'no-stream');
      if (appended.outcome !== 'appended') return t.fail();
      while (!covers(reached(), appended.position)) await new Promise((resolve) => setTimeout(resolve, 5));
      t.is(seen.length, Math.floor((n + 1) / 3), 'whoever knows that an event was passed has seen it');
    }
    stop.abort();
    await reading;
    t.is(new Set(seen.map(({ id }) => id)).size, seen.length);
  });
}
