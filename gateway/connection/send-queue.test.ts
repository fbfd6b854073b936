import test from 'ava';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import { connectionForTest, transportForTest } from '../testing/connection.ts';
import { frameText } from '../protocol/ws-frame.ts';
import { applyInput } from './apply-input.ts';
import { hasCapacity, send, sendFrame, UNTAKEN_BYTES_MAX } from './send-queue.ts';
import { sendRefusal } from './send-refusal.ts';

const QUEUE_BYTES_MAX = 1_000;
const bounded = () => connectionForTest({ transport: transportForTest({ sendQueueBytesMax: QUEUE_BYTES_MAX }) });
/** So many bytes as it goes over the wire. */
const framed = (bytes: number) => frameText('x'.repeat(bytes - (bytes <= 127 ? 2 : 4)));
const nextTurn = () => new Promise(setImmediate);

test('frames that are sent in one turn of the event loop are one write, at its end', async (t) => {
  const { connection, writtenBytes, frames } = connectionForTest();
  for (const seq of [1, 2, 3]) sendFrame(connection, { type: 'heads', heads: { room: seq } });
  t.deepEqual(writtenBytes, []);
  await nextTurn();
  t.is(writtenBytes.length, 1);
  t.deepEqual(frames(), [1, 2, 3].map((seq) => ({ type: 'heads', heads: { room: seq } })) as never);
  t.like(connection.transport, { framesSent: 3, socketWrites: 1 });
});

test('a connection whose client takes nothing is closed as slow as soon as one more byte than the bound waits, and nothing more is written', (t) => {
  const { connection, writtenBytes, closes, rawSocket } = bounded();
  rawSocket.writableLength = QUEUE_BYTES_MAX - 300; // written before, and not taken
  send(connection, framed(200));
  send(connection, framed(100));
  t.deepEqual([connection.phase, closes, writtenBytes], ['awaiting-hello', [], []], 'up to the bound it waits');
  send(connection, framed(20));
  t.deepEqual([connection.phase, closes], ['closing', ['slow']]);
  t.deepEqual(writtenBytes, [], 'the queue of a slow client is not written: that would only move it into the socket');
  t.is(connection.sendQueueBytes, 0);
  t.deepEqual(connection.transport.connectionsClosed, { slow: 1 });
});

test('the bound is one for what is queued and what the socket holds', (t) => {
  const { connection, closes, rawSocket } = bounded();
  rawSocket.writableLength = QUEUE_BYTES_MAX;
  send(connection, framed(20));
  t.deepEqual(closes, ['slow']);
});

test('a burst over the bound is written before the client is called slow, if it has taken everything so far', (t) => {
  const { connection, writtenBytes, closes } = bounded();
  send(connection, framed(600));
  send(connection, framed(600));
  t.deepEqual([closes, writtenBytes], [[], [600]]);
  t.is(connection.sendQueueBytes, 600);
});

test('one frame over the bound closes, however fast the client is', (t) => {
  const { connection, closes } = bounded();
  send(connection, framed(QUEUE_BYTES_MAX + 1));
  t.deepEqual(closes, ['slow']);
});

test('a connection that closes is sent what waited, and nothing after', async (t) => {
  const { connection, frames, closes } = connectionForTest();
  sendFrame(connection, { type: 'heads', heads: { room: 1 } });
  applyInput(connection, 'shutting-down');
  sendFrame(connection, { type: 'heads', heads: { room: 2 } });
  applyInput(connection, 'shutting-down');
  await nextTurn();
  t.deepEqual([frames().length, closes], [1, ['shutdown']]);
  t.deepEqual(connection.transport.connectionsClosed, { shutdown: 1 });
});

test('a client that has taken most of what it was sent has capacity', (t) => {
  const { connection, writtenBytes, rawSocket } = connectionForTest();
  send(connection, framed(100));
  t.true(hasCapacity(connection));
  t.deepEqual(writtenBytes, [100]);
  rawSocket.writableLength = UNTAKEN_BYTES_MAX;
  t.true(hasCapacity(connection));
  rawSocket.writableLength++;
  t.false(hasCapacity(connection));
});

test('a refusal names the frame, tells a sentence, and is reported', (t) => {
  const reported: RefusalCode[] = [];
  const { connection, frames } = connectionForTest({ transport: transportForTest({ reportRefusal: (code) => void reported.push(code) }) });
  sendRefusal(connection, { code: 'rate-limited', facts: { limit: 'frames', retryAfterSeconds: 3 } }, { about: 'send', id: 'an-id' });
  t.like(frames()[0], { type: 'refused', about: 'send', id: 'an-id', code: 'rate-limited', facts: { limit: 'frames', retryAfterSeconds: 3 } });
  t.deepEqual(reported, ['rate-limited']);
});
