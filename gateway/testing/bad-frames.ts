/** Frames that a client shouldn't send, and what becomes of each; for the tests of one gateway and of a cluster. */
import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import type { CloseName } from '../protocol/close-codes.ts';
import { FRAME_BYTES_MAX, UNAUTHENTICATED_FRAME_BYTES_MAX } from '../protocol/frames.ts';

export const text = (frame: object) => JSON.stringify(frame);
const channel = randomUUID();
const heartbeat = text({ type: 'heartbeat' });

/** Each closes the connection, with the code of that name or of RFC 6455. */
export const BEFORE_HELLO: Readonly<Record<string, readonly [sent: string | Buffer, closes: CloseName | 1007 | 1009]>> = {
  'nothing at all': ['', 'bad-frame'],
  'a text that is not JSON': ['hello', 'bad-frame'],
  'half an object': ['{"type":"hello"', 'bad-frame'],
  'a list': [`[${heartbeat}]`, 'bad-frame'],
  'an object without a type': ['{}', 'bad-frame'],
  'a binary frame': [Buffer.from(heartbeat), 'bad-frame'],
  'a frame of an unknown type': [text({ type: 'shout' }), 'bad-frame'],
  'a hello without a token': [text({ type: 'hello', device: 'd' }), 'bad-frame'],
  'a hello without a device': [text({ type: 'hello', token: 't' }), 'bad-frame'],
  'a heartbeat without a hello': [heartbeat, 'unauthorised'],
  'a message without a hello': [text({ type: 'send', channel, id: v7(), text: 'hello' }), 'unauthorised'],
  'a malformed token': [text({ type: 'hello', token: 'nonsense', device: 'd' }), 'unauthorised'],
  'a token that another server signed': [text({ type: 'hello', token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.', device: 'd' }), 'unauthorised'],
  'a frame over the size limit': ['x'.repeat(UNAUTHENTICATED_FRAME_BYTES_MAX + 1), 1009],
};

/** A connection goes on after what is only refused. */
export const ONCE_WELCOMED: Readonly<
  Record<string, readonly [sent: string | Buffer, answer: { readonly refused: RefusalCode } | { readonly closes: CloseName | 1009 }]>
> = {
  'a text that is not JSON': ['?', { closes: 'bad-frame' }],
  'a binary frame': [Buffer.from(heartbeat), { closes: 'bad-frame' }],
  'a second hello': [text({ type: 'hello', token: 't', device: 'd' }), { closes: 'bad-frame' }],
  'a frame over the size limit': ['x'.repeat(FRAME_BYTES_MAX + 1), { closes: 1009 }],
  'a frame of an unknown type': [text({ type: 'shout' }), { refused: 'bad-frame' }],
  'a server’s frame': [text({ type: 'welcome' }), { refused: 'bad-frame' }],
  'a message without an id': [text({ type: 'send', channel, text: 'hello' }), { refused: 'bad-frame' }],
  'a message under an id without a time': [text({ type: 'send', channel, id: randomUUID(), text: 'hello' }), { refused: 'bad-frame' }],
  'a message with an unknown field': [text({ type: 'send', channel, id: v7(), text: 'hello', at: 0 }), { refused: 'bad-frame' }],
  'a message from the future': [text({ type: 'send', channel, id: v7({ msecs: Date.now() + 3_600_000 }), text: 'hello' }), { refused: 'clock-skew' }],
  'a message to an unknown channel': [text({ type: 'send', channel, id: v7(), text: 'hello' }), { refused: 'channel-unknown' }],
  'a message with a part without a place': [text({ type: 'send', channel, id: v7(), text: 'hello', entities: [{ kind: 'bold' }] }), { refused: 'bad-frame' }],
  'a message with a picture by its address': [
    text({ type: 'send', channel, id: v7(), text: 'hello', media: [{ url: 'https://example.com/a.png' }] }),
    { refused: 'bad-frame' },
  ],
  'an edit in an unknown channel': [text({ type: 'edit', channel, id: v7(), message: 0, text: 'hello' }), { refused: 'channel-unknown' }],
  'a read receipt whose seq is a text': [text({ type: 'read', channel, seq: '3' }), { refused: 'bad-frame' }],
  'a read receipt in a channel of others': [text({ type: 'read', channel, seq: 3 }), { refused: 'channel-unknown' }],
  'a delivery receipt in a channel of others': [text({ type: 'delivered', channel, seq: 3 }), { refused: 'channel-unknown' }],
  'a delivery receipt that saves a push, in a channel of others': [text({ type: 'received', channel, seq: 3 }), { refused: 'channel-unknown' }],
  'typing in a channel of others': [text({ type: 'typing', channel }), { refused: 'channel-unknown' }],
  'a watch of a text': [text({ type: 'watch', people: 'everyone' }), { refused: 'bad-frame' }],
};
