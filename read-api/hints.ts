/** Live hints for one person as something to iterate: bounded, for a hint that is dropped is found at the next fetch. */
import type { PersonId } from '../domain/shared/ids.ts';
import type { LiveHint } from '../ports/broadcast/hints.ts';
import type { Broadcast, Hint } from '../ports/broadcast/port.ts';

/** Hints that wait for a slow reader; the oldest are dropped. */
const HINTS_WAITING_MAX = 256;

type OfKind<Kind extends LiveHint['kind']> = Extract<LiveHint, { kind: Kind }>;

export async function* hintsFor<Kind extends LiveHint['kind']>(
  broadcast: Pick<Broadcast, 'listen'>,
  person: PersonId,
  kind: Kind,
  signal: AbortSignal,
): AsyncIterable<OfKind<Kind>> {
  const waiting: OfKind<Kind>[] = [];
  let wake = () => {};
  const listener = (hint: Hint) => {
    if (hint.kind !== kind) return;
    waiting.push(hint as unknown as OfKind<Kind>);
    if (waiting.length > HINTS_WAITING_MAX) waiting.shift();
    wake();
  };
  using _ = broadcast.listen(person, listener);
  signal.addEventListener('abort', () => wake(), { once: true });
  while (!signal.aborted) {
    const next = waiting.shift();
    if (next !== undefined) yield next;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}
