/** Live hints for one person as an iterable. Bounded: a slow reader gets `missed` instead, and fetches. */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast, Hint, Listening } from '../../ports/broadcast/port.ts';

/** Hints that wait for a slow reader; one more, and all of them are dropped. */
export const HINTS_WAITING_MAX = 256;
const GAP_TOLD_WITHIN_MS = 2_000;

type OfKind<Kind extends LiveHint['kind']> = Extract<LiveHint, { kind: Kind }>;
export type LiveHints<Kind extends LiveHint['kind']> = Disposable & {
  /** Resolves when every later hint comes, whoever publishes it. */
  readonly known: Promise<void>;
  /** Ends when the signal aborts. */
  until(signal: AbortSignal): AsyncIterable<OfKind<Kind> | 'missed'>;
  /** Adds a `missed`: something may have happened without a hint. */
  missed(): void;
  /**
   * From now on also the hints to these people that `concerns` accepts, in place of those of an earlier call. Resolves when every later
   * one comes; to whether somebody is new among them.
   */
  alsoOf(people: readonly PersonId[], concerns: (hint: OfKind<Kind>, of: PersonId) => boolean): Promise<boolean>;
};

/** Listens from now on, until it is disposed of. */
export function listenTo<Kind extends LiveHint['kind']>(
  broadcast: Pick<Broadcast, 'listen' | 'onGap'>,
  person: PersonId,
  kinds: readonly Kind[],
): LiveHints<Kind> {
  let waiting: (OfKind<Kind> | 'missed')[] = [];
  let wake = () => {};
  const others = new Map<PersonId, Listening>();
  let isOver = false;
  const add = (hint: OfKind<Kind>) => {
    if (waiting.length >= HINTS_WAITING_MAX) waiting = ['missed'];
    else waiting.push(hint);
    wake();
  };
  const ifOfKind = (hint: Hint): readonly OfKind<Kind>[] => (kinds.some((kind) => kind === hint.kind) ? [hint as unknown as OfKind<Kind>] : []);
  const listening = broadcast.listen(person, (hint) => ifOfKind(hint).forEach(add));
  const missed = () => {
    if (!waiting.includes('missed')) waiting.push('missed');
    wake();
  };
  // Clients fetch then: not all of them in the same moment.
  let telling: NodeJS.Timeout | undefined;
  const gaps = broadcast.onGap(() => (telling ??= setTimeout(tell, Math.random() * GAP_TOLD_WITHIN_MS).unref()));
  const tell = () => {
    telling = undefined;
    missed();
  };
  return {
    known: listening.known,
    missed,
    alsoOf: async (people, concerns) => {
      if (isOver) return false; // whoever they are was asked while it ended, and nobody would stop listening to them
      for (const [one, its] of others) {
        if (people.includes(one)) continue;
        its[Symbol.dispose]();
        others.delete(one);
      }
      const added = people.filter((one) => !others.has(one));
      const known = added.map((one) => {
        const listener = (hint: Hint) =>
          ifOfKind(hint)
            .filter((its) => concerns(its, one))
            .forEach(add);
        const its = broadcast.listen(one, listener);
        others.set(one, its);
        return its.known;
      });
      await Promise.all(known);
      return added.length > 0;
    },
    async *until(signal) {
      signal.addEventListener('abort', () => wake(), { once: true });
      while (!signal.aborted) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    [Symbol.dispose]: () => {
      isOver = true;
      listening[Symbol.dispose]();
      for (const its of others.values()) its[Symbol.dispose]();
      gaps[Symbol.dispose]();
      clearTimeout(telling);
    },
  };
}
