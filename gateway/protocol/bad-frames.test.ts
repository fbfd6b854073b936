/** Frames that a client shouldn't send: each is refused by its code, or closes the connection with its close code, and never hurts another client. */
import test from 'ava';
import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import { CLOSE_CODES, type CloseName } from './close-codes.ts';
import { BAD_FRAMES_MAX } from '../lifecycle/inbound-frames.ts';
import { FRAME_BYTES_MAX, UNAUTHENTICATED_FRAME_BYTES_MAX } from './frames.ts';
import { givenGateways, type GatewayFixture } from '../test-fixture.ts';
import { connectClient, openClient } from '../testing/client.ts';

let given: GatewayFixture;
let url: string;

test.before(async () => {
  given = await givenGateways();
  ({ url } = await given.gateway());
});
test.after.always(() => given[Symbol.asyncDispose]());

const text = (frame: object) => JSON.stringify(frame);
const channel = randomUUID();
const heartbeat = text({ type: 'heartbeat' });

const BEFORE_HELLO: Readonly<Record<string, readonly [sent: string | Buffer, closes: CloseName | 1007 | 1009]>> = {
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

for (const [name, [sent, closes]] of Object.entries(BEFORE_HELLO)) {
  test(`before hello, ${name} closes with ${closes}`, async (t) => {
    await using client = await openClient(url);
    client.sendRaw(sent);
    t.is((await client.closed).code, typeof closes === 'number' ? closes : CLOSE_CODES[closes].code);
    t.deepEqual(client.faults, []);
  });
}

test('a malformed hello is refused with the name of the missing field', async (t) => {
  await using client = await openClient(url);
  client.sendRaw(text({ type: 'hello', device: 'd' }));
  const refused = await client.take('refused');
  t.like(refused, { about: 'hello', code: 'bad-frame' });
  t.regex(refused.detail, /token/);
  t.is((await client.closed).code, CLOSE_CODES['bad-frame'].code);
});

const ONCE_WELCOMED: Readonly<
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
  'an edit in an unknown channel': [text({ type: 'edit', channel, id: v7(), message: 0, text: 'hello' }), { refused: 'channel-unknown' }],
  'a read receipt whose seq is a text': [text({ type: 'read', channel, seq: '3' }), { refused: 'bad-frame' }],
  'a read receipt in a channel of others': [text({ type: 'read', channel, seq: 3 }), { refused: 'channel-unknown' }],
  'a delivery receipt in a channel of others': [text({ type: 'received', channel, seq: 3 }), { refused: 'channel-unknown' }],
  'typing in a channel of others': [text({ type: 'typing', channel }), { refused: 'channel-unknown' }],
  'a watch of a text': [text({ type: 'watch', people: 'everyone' }), { refused: 'bad-frame' }],
};

for (const [name, [sent, answer]] of Object.entries(ONCE_WELCOMED)) {
  const says = 'refused' in answer ? `is refused as ${answer.refused}` : `closes with ${answer.closes}`;
  test(`once welcomed, ${name} ${says}`, async (t) => {
    await using client = await connectClient(url, await given.person());
    client.sendRaw(sent);
    if ('refused' in answer) {
      t.is((await client.take('refused')).code, answer.refused);
      await client.roundTrip(); // the connection goes on
    } else t.is((await client.closed).code, typeof answer.closes === 'number' ? answer.closes : CLOSE_CODES[answer.closes].code);
    t.deepEqual(client.faults, []);
  });
}

test('a client that keeps sending malformed frames is refused each time, and closed', async (t) => {
  await using client = await connectClient(url, await given.person());
  for (let n = 0; n <= BAD_FRAMES_MAX; n++) client.sendRaw(text({ type: 'shout' }));
  t.is((await client.closed).code, CLOSE_CODES['bad-frame'].code);
  t.is(client.frames.filter(({ type }) => type === 'refused').length, BAD_FRAMES_MAX + 1);
});

test('the refusal of a hello comes before the connection is closed', async (t) => {
  const { person, session, token } = await given.person();
  await given.commands.logOut({ person, session }, given.time.now());
  await using client = await openClient(url);
  client.send({ type: 'hello', token, device: 'd' });
  t.is((await client.take('refused')).code, 'session-ended');
  t.is((await client.closed).code, CLOSE_CODES.unauthorised.code);
});
