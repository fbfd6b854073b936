/** Live hints for one person as something to iterate. Bounded: who reads too slowly is told that something was missed, and fetches. */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';

/** Hints that wait for a slow reader; when there would be more, all of them are dropped. */
export const HINTS_WAITING_MAX = 256;

type OfKind<Kind extends LiveHint['kind']> = Extract<LiveHint, { kind: Kind }>;
export type LiveHints<Kind extends LiveHint['kind']> = Disposable & {
  /** Ends when the signal aborts. */
  until(signal: AbortSignal): AsyncIterable<OfKind<Kind> | 'missed'>;
  /** Something may have happened that no hint told of. */
  missed(): void;
};

/** Listens from now on, until it is disposed of. */
export function listenTo<Kind extends LiveHint['kind']>(broadcast: Pick<Broadcast, 'listen'>, person: PersonId, kinds: readonly Kind[]): LiveHints<Kind> {
  let waiting: (OfKind<Kind> | 'missed')[] = [];
  let wake = () => {};
  const listening = broadcast.listen(person, (hint) => {
    if (!kinds.some((kind) => kind === hint.kind)) return;
    if (waiting.length >= HINTS_WAITING_MAX) waiting = ['missed'];
    else waiting.push(hint as unknown as OfKind<Kind>);
    wake();
  });
  const missed = () => {
    if (!waiting.includes('missed')) waiting.push('missed');
    wake();
  };
  return {
    missed,
    async *until(signal) {
      signal.addEventListener('abort', () => wake(), { once: true });
      while (!signal.aborted) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}
