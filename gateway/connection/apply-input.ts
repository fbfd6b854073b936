/** The one place that moves a connection to another phase. A close that the table asks for is done here; other effects are the caller's. */
import { CLOSE_CODES, type CloseName } from '../protocol/close-codes.ts';
import type { Connection } from './connection.ts';
import { TRANSITIONS, type Effect, type Input } from './connection-states.ts';
import { flush } from './flush.ts';

export function applyInput(connection: Connection, input: Input): Effect {
  const { to, effect } = TRANSITIONS[connection.phase][input];
  connection.phase = to;
  if (effect.does === 'close') close(connection, effect.as);
  return effect;
}

/** Writes what is queued, unless the client is too slow to take it, and begins the closing handshake. */
function close(connection: Connection, as: CloseName): void {
  const { connectionsClosed } = connection.transport;
  if (as === 'slow') connection.sendQueue = undefined;
  flush(connection);
  connection.socket.close(CLOSE_CODES[as].code, as);
  connectionsClosed[as] = (connectionsClosed[as] ?? 0) + 1;
}
