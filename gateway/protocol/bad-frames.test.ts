/** Frames that a client shouldn't send: each is refused by its code, or closes the connection with its close code, and never hurts another client. */
import test from 'ava';
import { CLOSE_CODES } from './close-codes.ts';
import { BAD_FRAMES_MAX } from '../lifecycle/inbound-frames.ts';
import { givenGateways, type GatewayFixture } from '../test-fixture.ts';
import { BEFORE_HELLO, ONCE_WELCOMED, text } from '../testing/bad-frames.ts';
import { connectClient, openClient } from '../testing/client.ts';

let given: GatewayFixture;
let url: string;

test.before(async () => {
  given = await givenGateways();
  ({ url } = await given.gateway());
});
test.after.always(() => given[Symbol.asyncDispose]());

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
