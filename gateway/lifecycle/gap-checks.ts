/**
 * Looks at the heads of every connection after hints may have been lost, and has each look at its person's notification centre. Some at a time and in any order: there may be thousands, and
 * every gateway may have lost hints together. What was posted last before the gap ended may be on its way into the views still, so
 * that the first are not looked at in the same moment.
 */
import { checkHeads } from '../channels/check-heads.ts';
import type { Connection } from '../connection/connection.ts';
import { send } from '../connection/send-queue.ts';
import { encodeFrame } from '../protocol/ws-frame.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { ChecksDependencies } from './run-checks.ts';

/** All connections are checked within so many ticks of a gap; a tick is a second. */
export const GAP_CHECKED_WITHIN_TICKS = 2;
const TURNS = 10;
const CENTRE_CHANGED = encodeFrame({ type: 'centre' });

export type GapChecksDependencies = {
  readonly broadcast: Pick<Broadcast, 'onGap'>;
  readonly connections: ReadonlySet<Connection>;
  readonly checks: Pick<ChecksDependencies, 'queries' | 'catchUp' | 'announcements'>;
  readonly reportError: (error: unknown) => void;
};

export function startGapChecks({ broadcast, connections, checks, reportError }: GapChecksDependencies, { tickMs }: { readonly tickMs: number }): Disposable {
  let unchecked: Connection[] = [];
  let turnConnections = 0;
  let timer: NodeJS.Timeout | undefined;

  const turn = () => {
    timer = undefined;
    const some = unchecked.splice(0, turnConnections);
    // What came into their notification centres meanwhile, nothing else tells them.
    for (const connection of some) if (connection.phase === 'live') send(connection, CENTRE_CHANGED);
    checkHeads(checks, some)
      .catch(reportError) // they are checked again with their next ping
      .finally(scheduleTurn);
  };
  const scheduleTurn = () => {
    if (unchecked.length > 0) timer ??= setTimeout(turn, (GAP_CHECKED_WITHIN_TICKS * tickMs) / TURNS).unref();
  };
  const listening = broadcast.onGap(() => {
    unchecked = shuffled(connections);
    turnConnections = Math.ceil(unchecked.length / TURNS);
    scheduleTurn();
  });
  return {
    [Symbol.dispose]: () => {
      listening[Symbol.dispose]();
      clearTimeout(timer);
      unchecked = [];
    },
  };
}

const shuffled = <Value>(values: Iterable<Value>): Value[] =>
  Array.from(values, (value) => ({ value, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ value }) => value);
