import test from 'ava';
import fc from 'fast-check';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { advanceByAcknowledgement, advanceCursor, closeCursor, CLOSED_CURSORS_MAX, openCursor } from './cursors.ts';
import { CURSORS_MAX } from '../protocol/frames.ts';
import type { Connection } from './connection.ts';

type Cursors = Pick<Connection, 'cursors' | 'acknowledgedAhead' | 'closedCursors'>;
const room = 'room' as ChannelId;
const fresh = (): Cursors => ({ cursors: undefined, acknowledgedAhead: undefined });
const openedAt = (seq: number): Cursors => {
  const connection = fresh();
  openCursor(connection, room, seq);
  return connection;
};

test('a channel opens with the first message that comes', (t) => {
  const connection = fresh();
  t.is(advanceCursor(connection, room, 7), 'opens-channel');
  t.is(advanceCursor(connection, room, 8), 'next');
});

test('a message that was sent is a duplicate, and behind a gap nothing is sent', (t) => {
  const connection = openedAt(3);
  t.is(advanceCursor(connection, room, 3), 'duplicate');
  t.is(advanceCursor(connection, room, 5), 'gap');
  t.is(advanceCursor(connection, room, 4), 'next');
  t.is(advanceCursor(connection, room, 5), 'next');
});

test('a channel that opens with a connection’s own message, which was acknowledged, opens all the same: what came before it is told', (t) => {
  const connection = fresh();
  advanceByAcknowledgement(connection, room, 1);
  t.is(advanceCursor(connection, room, 1), 'opens-with-acknowledged');
  t.is(advanceCursor(connection, room, 0), 'duplicate');
  t.is(advanceCursor(connection, room, 2), 'next');
});

test('a connection’s own message counts as sent once it is acknowledged, before or after earlier messages', (t) => {
  const connection = openedAt(3);
  advanceByAcknowledgement(connection, room, 4);
  t.is(advanceCursor(connection, room, 4), 'duplicate');
  advanceByAcknowledgement(connection, room, 6);
  t.is(advanceCursor(connection, room, 6), 'gap');
  t.is(advanceCursor(connection, room, 5), 'next');
  t.is(advanceCursor(connection, room, 6), 'acknowledged');
  t.is(connection.acknowledgedAhead, undefined);
});

test('an acknowledgement of an earlier message changes nothing', (t) => {
  const connection = openedAt(9);
  advanceByAcknowledgement(connection, room, 2);
  t.is(connection.acknowledgedAhead, undefined);
  t.is(advanceCursor(connection, room, 10), 'next');
});

test('in whatever order and however often messages come, each is sent once and in order, the log filling the gaps', (t) => {
  const arrivals = fc.array(fc.record({ seq: fc.integer({ min: 0, max: 20 }), acknowledged: fc.boolean() }), { maxLength: 80 });
  fc.assert(
    fc.property(arrivals, (all) => {
      const connection = openedAt(-1);
      const sent: number[] = [];
      const acknowledgedSeqs = new Set<number>();
      for (const { seq, acknowledged } of all) {
        if (acknowledged && !sent.includes(seq)) {
          advanceByAcknowledgement(connection, room, seq);
          acknowledgedSeqs.add(seq);
        } else if (advanceCursor(connection, room, seq) === 'next') sent.push(seq);
      }
      for (let seq = 0; seq <= 20; seq++) if (advanceCursor(connection, room, seq) === 'next') sent.push(seq); // the log, read from the start
      t.deepEqual(
        sent,
        sent.toSorted((one, other) => one - other),
      );
      t.is(new Set(sent).size, sent.length);
      t.deepEqual(
        [...new Set([...sent, ...acknowledgedSeqs])].toSorted((one, other) => one - other),
        Array.from({ length: 21 }, (_, seq) => seq),
      );
    }),
  );
});

test('a connection keeps a bounded number of channels open, and the first opened opens again', (t) => {
  const connection = fresh();
  for (let n = 0; n <= CURSORS_MAX; n++) openCursor(connection, `room-${n}` as ChannelId, 0);
  t.is(connection.cursors?.size, CURSORS_MAX);
  t.is(advanceCursor(connection, 'room-0' as ChannelId, 1), 'opens-channel');
});

test('a message is not sent again after its channel was closed, and the channel opens with the next one', (t) => {
  const connection = openedAt(3);
  closeCursor(connection, room);
  advanceByAcknowledgement(connection, room, 3);
  t.is(connection.acknowledgedAhead, undefined);
  t.is(advanceCursor(connection, room, 3), 'duplicate');
  t.is(advanceCursor(connection, room, 4), 'opens-channel');
  t.is(connection.closedCursors?.size, 0);
  for (let n = 0; n <= CURSORS_MAX + CLOSED_CURSORS_MAX; n++) openCursor(connection, `room-${n}` as ChannelId, 0);
  t.is(connection.closedCursors?.size, CLOSED_CURSORS_MAX);
});

test('of more channels than may be open each message is sent once, though it is hinted at twice', (t) => {
  const connection = fresh();
  const rooms = Array.from({ length: CURSORS_MAX + 1 }, (_, n) => `room-${n}` as ChannelId);
  const advances = [...rooms, ...rooms].map((channel) => advanceCursor(connection, channel, 0));
  t.is(advances.filter((advance) => advance === 'opens-channel').length, rooms.length);
});
