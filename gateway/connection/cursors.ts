/**
 * Up to where each open channel was sent on a connection. What is offered is sent only if it is next: what was sent before is
 * dropped, and after a gap nothing is sent until the gap is filled from the log. So a client sees every seq once and in order.
 */
import type { ChannelId } from '../../domain/shared/ids.ts';
import { CURSORS_MAX } from '../protocol/frames.ts';
import type { Connection } from './connection.ts';

/** Acknowledgements that may overtake what was said before them; beyond, the connection gets its own words echoed. */
const ACKNOWLEDGED_AHEAD_MAX = 256;

/** Channels that were closed again, of which it is known up to where they were sent: most is hinted at twice. */
export const DROPPED_MAX = 500;

export type Offered =
  | 'next' // send it
  | 'opens' // send it, and say that what came before it was not sent
  | 'had' // drop it
  | 'own' // it counts as sent: this connection said it and has its acknowledgement
  | 'gap'; // read the log

type Cursors = Pick<Connection, 'cursors' | 'acknowledged' | 'dropped'>;

export function offer(session: Cursors, channel: ChannelId, seq: number): Offered {
  const cursor = session.cursors?.get(channel);
  if (cursor === undefined) {
    if (seq <= (session.dropped?.get(channel) ?? -1)) return 'had';
    openAt(session, channel, seq);
    return isOwn(session, channel, seq) ? 'own' : 'opens';
  }
  if (seq <= cursor) return 'had';
  if (seq > cursor + 1) return 'gap';
  session.cursors?.set(channel, seq);
  return isOwn(session, channel, seq) ? 'own' : 'next';
}

/** The connection is told of this seq by an acknowledgement, and need not be told again. */
export function acknowledge(session: Cursors, channel: ChannelId, seq: number): void {
  const cursor = session.cursors?.get(channel);
  if (seq <= (cursor ?? session.dropped?.get(channel) ?? -1)) return;
  if (cursor !== undefined && seq === cursor + 1) return void session.cursors?.set(channel, seq);
  session.acknowledged ??= new Set();
  session.acknowledged.add(keyOf(channel, seq));
  if (session.acknowledged.size > ACKNOWLEDGED_AHEAD_MAX) for (const oldest of session.acknowledged) if (session.acknowledged.delete(oldest)) break;
}

/** A channel is open from here on; where too many are, the one opened first is forgotten and opens again with its next entry. */
export function openAt(session: Cursors, channel: ChannelId, seq: number): void {
  session.cursors ??= new Map();
  session.cursors.set(channel, seq);
  session.dropped?.delete(channel);
  if (session.cursors.size <= CURSORS_MAX) return;
  for (const oldest of session.cursors.keys()) {
    drop(session, oldest);
    break;
  }
}

/** The channel opens again with its next entry, but not with one that was sent. */
export function drop(connection: Pick<Connection, 'cursors' | 'dropped'>, channel: ChannelId): void {
  const cursor = connection.cursors?.get(channel);
  if (cursor === undefined) return;
  connection.cursors?.delete(channel);
  connection.dropped ??= new Map();
  connection.dropped.set(channel, cursor);
  if (connection.dropped.size > DROPPED_MAX) for (const oldest of connection.dropped.keys()) if (connection.dropped.delete(oldest)) break;
}

function isOwn(session: Cursors, channel: ChannelId, seq: number): boolean {
  if (session.acknowledged?.delete(keyOf(channel, seq)) !== true) return false;
  if (session.acknowledged.size === 0) session.acknowledged = undefined; // nearly always: the next entries need not be looked up
  return true;
}

const keyOf = (channel: ChannelId, seq: number): string => `${channel}/${seq}`;
