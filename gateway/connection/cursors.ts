/**
 * The cursor of each open channel: the last seq that was sent on a connection. Only the next seq is sent; one that was sent before
 * is a duplicate, and behind a gap nothing is sent until the gap is filled from the log. So a client sees every seq once and in order.
 */
import type { ChannelId } from '../../domain/shared/ids.ts';
import { CURSORS_MAX } from '../protocol/frames.ts';
import type { Connection } from './connection.ts';

/** Acknowledgements that may overtake earlier messages; beyond, the connection is sent its own message as well. */
const ACKNOWLEDGED_AHEAD_MAX = 256;

/** Closed channels whose cursor is remembered: most messages are hinted at twice. */
export const CLOSED_CURSORS_MAX = 500;

/** What to do with a message for a connection. */
export type CursorAdvance =
  | 'next' // send it
  | 'opens-channel' // send it, and tell the client that earlier messages were not sent
  | 'opens-with-acknowledged' // tell that as well; it is the connection's own, and its acknowledgement told the seq
  | 'duplicate' // it was sent before
  | 'acknowledged' // it is the connection's own, and its acknowledgement told the seq
  | 'gap'; // earlier messages are missing: read the log

type Cursors = Pick<Connection, 'cursors' | 'acknowledgedAhead' | 'closedCursors'>;

export function advanceCursor(connection: Cursors, channel: ChannelId, seq: number): CursorAdvance {
  const cursor = connection.cursors?.get(channel);
  if (cursor === undefined) {
    if (seq <= (connection.closedCursors?.get(channel) ?? -1)) return 'duplicate';
    openCursor(connection, channel, seq);
    return wasAcknowledged(connection, channel, seq) ? 'opens-with-acknowledged' : 'opens-channel';
  }
  if (seq <= cursor) return 'duplicate';
  if (seq > cursor + 1) return 'gap';
  connection.cursors?.set(channel, seq);
  return wasAcknowledged(connection, channel, seq) ? 'acknowledged' : 'next';
}

/** The connection learns of this seq by an acknowledgement, and is not sent the message. */
export function advanceByAcknowledgement(connection: Cursors, channel: ChannelId, seq: number): void {
  const cursor = connection.cursors?.get(channel);
  if (seq <= (cursor ?? connection.closedCursors?.get(channel) ?? -1)) return;
  if (cursor !== undefined && seq === cursor + 1) return void connection.cursors?.set(channel, seq);
  const ahead = (connection.acknowledgedAhead ??= new Set());
  ahead.add(keyOf(channel, seq));
  if (ahead.size > ACKNOWLEDGED_AHEAD_MAX) for (const oldest of ahead) if (ahead.delete(oldest)) break;
}

/** The channel is open from this seq on. Of too many open channels the first opened is closed; its next message opens it again. */
export function openCursor(connection: Cursors, channel: ChannelId, seq: number): void {
  connection.cursors ??= new Map();
  connection.cursors.set(channel, seq);
  connection.closedCursors?.delete(channel);
  if (connection.cursors.size <= CURSORS_MAX) return;
  for (const oldest of connection.cursors.keys()) {
    closeCursor(connection, oldest);
    break;
  }
}

/** The channel opens again with its next message, but not with one that was sent. */
export function closeCursor(connection: Pick<Connection, 'cursors' | 'closedCursors'>, channel: ChannelId): void {
  const cursor = connection.cursors?.get(channel);
  if (cursor === undefined) return;
  connection.cursors?.delete(channel);
  const closed = (connection.closedCursors ??= new Map());
  closed.set(channel, cursor);
  if (closed.size > CLOSED_CURSORS_MAX) for (const oldest of closed.keys()) if (closed.delete(oldest)) break;
}

/**
 * Moves a cursor that stands at `after` or later on to `seq`. For messages that can't be decoded, or the channel would stand still
 * for ever; the client sees the jump and asks the history.
 */
export function skipTo(connection: Pick<Connection, 'cursors'>, channel: ChannelId, { seq, after }: { readonly seq: number; readonly after: number }): void {
  const cursor = connection.cursors?.get(channel);
  if (cursor !== undefined && cursor >= after && cursor < seq) connection.cursors?.set(channel, seq);
}

function wasAcknowledged(connection: Cursors, channel: ChannelId, seq: number): boolean {
  const ahead = connection.acknowledgedAhead;
  if (ahead?.delete(keyOf(channel, seq)) !== true) return false;
  if (ahead.size === 0) connection.acknowledgedAhead = undefined; // nearly always: the next messages need not be looked up
  return true;
}

const keyOf = (channel: ChannelId, seq: number): string => `${channel}/${seq}`;
