import test from 'ava';
import fc from 'fast-check';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { acknowledge, drop, DROPPED_MAX, offer, openAt } from './cursors.ts';
import { CURSORS_MAX } from '../protocol/frames.ts';
import type { Connection } from './connection.ts';

type Cursors = Pick<Connection, 'cursors' | 'acknowledged' | 'dropped'>;
const room = 'room' as ChannelId;
const fresh = (): Cursors => ({ cursors: undefined, acknowledged: undefined });
const openedAt = (seq: number): Cursors => {
  const session = fresh();
  openAt(session, room, seq);
  return session;
};

test('a channel opens with the first entry that comes', (t) => {
  const session = fresh();
  t.is(offer(session, room, 7), 'opens');
  t.is(offer(session, room, 8), 'next');
});

test('what was sent is not sent again, and after a gap nothing is', (t) => {
  const session = openedAt(3);
  t.is(offer(session, room, 3), 'had');
  t.is(offer(session, room, 5), 'gap');
  t.is(offer(session, room, 4), 'next');
  t.is(offer(session, room, 5), 'next');
});

test('what a connection said itself counts as sent once it is acknowledged, before or after its turn', (t) => {
  const session = openedAt(3);
  acknowledge(session, room, 4);
  t.is(offer(session, room, 4), 'had');
  acknowledge(session, room, 6);
  t.is(offer(session, room, 6), 'gap');
  t.is(offer(session, room, 5), 'next');
  t.is(offer(session, room, 6), 'own');
  t.is(session.acknowledged, undefined);
});

test('an acknowledgement of long ago changes nothing', (t) => {
  const session = openedAt(9);
  acknowledge(session, room, 2);
  t.is(session.acknowledged, undefined);
  t.is(offer(session, room, 10), 'next');
});

test('in whatever order and however often entries are offered, each is sent once and in order, whoever reads after a gap', (t) => {
  const offers = fc.array(fc.record({ seq: fc.integer({ min: 0, max: 20 }), acknowledged: fc.boolean() }), { maxLength: 80 });
  fc.assert(
    fc.property(offers, (all) => {
      const session = openedAt(-1);
      const sent: number[] = [];
      const told = new Set<number>();
      for (const { seq, acknowledged } of all) {
        if (acknowledged && !sent.includes(seq)) {
          acknowledge(session, room, seq);
          told.add(seq);
        } else if (offer(session, room, seq) === 'next') sent.push(seq);
      }
      for (let seq = 0; seq <= 20; seq++) if (offer(session, room, seq) === 'next') sent.push(seq); // the log, read from the start
      t.deepEqual(
        sent,
        sent.toSorted((one, other) => one - other),
      );
      t.is(new Set(sent).size, sent.length);
      t.deepEqual(
        [...new Set([...sent, ...told])].toSorted((one, other) => one - other),
        Array.from({ length: 21 }, (_, seq) => seq),
      );
    }),
  );
});

test('a connection keeps so many channels open at most, and the one opened first opens again', (t) => {
  const session = fresh();
  for (let n = 0; n <= CURSORS_MAX; n++) openAt(session, `room-${n}` as ChannelId, 0);
  t.is(session.cursors?.size, CURSORS_MAX);
  t.is(offer(session, 'room-0' as ChannelId, 1), 'opens');
});

test('what was sent is not sent again once its channel is open no more, and the channel opens with what comes after', (t) => {
  const session = openedAt(3);
  drop(session, room);
  acknowledge(session, room, 3);
  t.is(session.acknowledged, undefined);
  t.is(offer(session, room, 3), 'had');
  t.is(offer(session, room, 4), 'opens');
  t.is(session.dropped?.size, 0);
  for (let n = 0; n <= CURSORS_MAX + DROPPED_MAX; n++) openAt(session, `room-${n}` as ChannelId, 0);
  t.is(session.dropped?.size, DROPPED_MAX);
});

test('of more channels than may be open each thing said is sent once, though it is hinted at twice', (t) => {
  const session = fresh();
  const rooms = Array.from({ length: CURSORS_MAX + 1 }, (_, n) => `room-${n}` as ChannelId);
  const offers = [...rooms, ...rooms].map((channel) => offer(session, channel, 0));
  t.is(offers.filter((offered) => offered === 'opens').length, rooms.length);
});
