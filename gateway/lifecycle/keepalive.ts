/** Time limits of connections: the hello time-out, pings and their pongs, the expiry of tokens. One timing wheel serves all connections. */
import { SECOND_MS } from '../../domain/shared/instant.ts';
import { applyInput } from '../connection/apply-input.ts';
import type { Connection } from '../connection/connection.ts';
import { createTimingWheel, schedule, tickWheel, unschedule, type TimingWheel } from '../connection/timing-wheel.ts';
import { cancelChecks, scheduleChecks, type DueChecks } from './due-checks.ts';

export type KeepaliveDependencies = {
  readonly helloTimeoutMs: number;
  /** A connection from which nothing came from one ping to the next is dead. */
  readonly pingMs: number;
  readonly checks: DueChecks;
  /** Milliseconds since the epoch, by which tokens expire. */
  readonly clockMs: () => number;
  readonly random?: () => number;
};

export type Keepalive = Required<KeepaliveDependencies> & {
  readonly helloTimeoutTicks: number;
  readonly pingTicks: number;
  readonly wheel: TimingWheel<Connection>;
};

/** A tick is a second. Throws `RangeError` for an interval that a timing wheel can't hold. */
export function createKeepalive({ random = Math.random, ...dependencies }: KeepaliveDependencies): Keepalive {
  const helloTimeoutTicks = Math.ceil(dependencies.helloTimeoutMs / SECOND_MS);
  const pingTicks = Math.ceil(dependencies.pingMs / SECOND_MS);
  const wheel = createTimingWheel<Connection>({ delayMaxTicks: Math.max(helloTimeoutTicks, pingTicks + 1) });
  return { ...dependencies, random, helloTimeoutTicks, pingTicks, wheel };
}

export const awaitHello = ({ wheel, helloTimeoutTicks }: Keepalive, connection: Connection): void => schedule(wheel, connection, helloTimeoutTicks);

/** The first ping comes somewhere within the interval, so that connections that were opened together are not pinged together. */
export const startPinging = ({ wheel, pingTicks, random }: Keepalive, connection: Connection): void => schedule(wheel, connection, 1 + random() * pingTicks);

export function stopKeepalive({ wheel, checks }: Keepalive, connection: Connection): void {
  unschedule(wheel, connection);
  cancelChecks(checks, connection);
}

/** Waits for nothing: whatever does not answer, time limits hold and connections are pinged. */
export const tickKeepalive = (keepalive: Keepalive): void => tickWheel(keepalive.wheel, (connection) => pingOrClose(keepalive, connection));

/** Answers after how many ticks the connection is to be visited again; undefined: not any more. */
function pingOrClose({ checks, pingTicks, clockMs }: Keepalive, connection: Connection): number | undefined {
  const { phase, identity, isAlive } = connection;
  if (phase === 'closing') return undefined;
  if (phase === 'awaiting-hello' || !isAlive) {
    applyInput(connection, 'timed-out');
    return undefined;
  }
  if (identity !== undefined && identity.expiresAtMs <= clockMs()) {
    applyInput(connection, 'expired');
    return undefined;
  }
  connection.isAlive = false;
  connection.socket.ping();
  scheduleChecks(checks, connection);
  return pingTicks;
}
