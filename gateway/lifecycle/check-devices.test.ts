/** A device that its person has removed is disconnected: at once where the hint arrives, and soon where it is lost. */
import test from 'ava';
import { WebSocket } from 'ws';
import type { DeviceId } from '../../domain/shared/ids.ts';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import { LogUnavailable } from '../../ports/event-log/port.ts';
import { CLOSE_CODES } from '../protocol/close-codes.ts';
import { givenGateways, until, type GatewayFixture } from '../test-fixture.ts';
import { PING_MS } from '../config.ts';
import { connectClient, openClient, type Account } from '../testing/client.ts';

const phone = 'phone' as DeviceId;

async function register(given: GatewayFixture, { person }: Account, { device = phone, token = `the token of ${person}` } = {}): Promise<void> {
  const { handled } = await given.commands.registerDevice({ person, device, platform: 'fcm', token }, given.context(person));
  if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
}

/** By another process, whose hints don’t reach this one. */
const removeWithoutHint = (given: GatewayFixture, { person }: Account) =>
  given.commandsWithoutHints.invalidateDevice({ person, device: phone, reason: 'removed-by-person' }, given.context(person));

async function sayHelloAs(url: string, { token }: Account, device: string) {
  const client = await openClient(url);
  client.send({ type: 'hello', token, device, cursors: {} });
  return client;
}

test('a removed device is found within a minute where the hint was lost, and the person’s other devices stay', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway();
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  await register(given, ann);
  await register(given, ann, { device: 'laptop' as DeviceId, token: 'another-token' });
  await register(given, bob);
  await using removed = await connectClient(gateway.url, ann, { device: 'phone' });
  await using removedToo = await connectClient(gateway.url, ann, { device: 'phone' });
  await using laptop = await connectClient(gateway.url, ann, { device: 'laptop' });
  await using browser = await connectClient(gateway.url, ann, { device: 'never-registered' });
  await using bobClient = await connectClient(gateway.url, bob, { device: 'phone' });
  await removeWithoutHint(given, ann);
  for (const { closed } of [removed, removedToo]) t.is((await closed).code, CLOSE_CODES['session-ended'].code);
  for (const other of [laptop, browser, bobClient]) {
    await other.roundTrip();
    t.is(other.socket.readyState, WebSocket.OPEN);
  }
  t.is(gateway.stats().connections, 3);
  t.true(PING_MS < MINUTE_MS, 'each is checked as often as it is pinged');
  t.deepEqual(given.failures, []);
});

test('a removed device is refused until it is registered again', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const ann = await given.person();
  await register(given, ann);
  await removeWithoutHint(given, ann);
  await using refused = await sayHelloAs(url, ann, 'phone');
  t.like(await refused.take('refused'), { about: 'hello', code: 'device-removed' });
  t.is((await refused.closed).code, CLOSE_CODES['session-ended'].code);
  t.is((await given.presence.statusOf([ann.person])).get(ann.person)?.status ?? 'offline', 'offline');
  await using laptop = await connectClient(url, ann, { device: 'laptop' });
  await register(given, ann, { token: 'a-new-token' });
  await using again = await connectClient(url, ann, { device: 'phone' });
  await Promise.all([laptop.roundTrip(), again.roundTrip()]);
  t.deepEqual([...refused.faults, ...laptop.faults, ...again.faults, ...given.failures], []);
});

test('a device stays connected when a vendor no longer knows its push token', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway();
  const ann = await given.person();
  await register(given, ann);
  await using client = await connectClient(gateway.url, ann, { device: 'phone' });
  await given.commands.invalidateDevice({ person: ann.person, device: phone, reason: 'token-unregistered' }, given.context(ann.person));
  await using another = await connectClient(gateway.url, ann, { device: 'phone' });
  let pings = 0;
  client.socket.on('ping', () => pings++);
  await until(() => pings >= 2);
  await Promise.all([client.roundTrip(), another.roundTrip()]);
  t.is(gateway.stats().connections, 2);
});

test('a removal is found again where the log went away in the middle of the read', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const ann = await given.person();
  await register(given, ann);
  await using client = await connectClient(url, ann, { device: 'phone' });
  const readStream = given.log.readStream.bind(given.log);
  let breaksOff = 1;
  given.log.readStream = async function* (stream, options) {
    for await (const event of readStream(stream, options)) {
      yield event;
      if (event.type === 'people.device-invalidated.v1' && options?.from !== 'end' && breaksOff-- > 0) throw new LogUnavailable('it is away');
    }
  };
  await removeWithoutHint(given, ann);
  t.is((await client.closed).code, CLOSE_CODES['session-ended'].code);
  t.deepEqual(
    given.failures.map((failure) => failure instanceof LogUnavailable),
    [true],
  );
});

test('while the log doesn’t answer, connections are still pinged', async (t) => {
  await using given = await givenGateways();
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const { url } = await given.gateway();
  const ann = await given.person();
  await using client = await connectClient(url, ann);
  const readStream = given.log.readStream.bind(given.log);
  given.log.readStream = async function* (...asked) {
    await answered;
    yield* readStream(...asked);
  };
  let pings = 0;
  client.socket.on('ping', () => pings++);
  await until(() => pings >= 3);
  answer();
  t.is(client.socket.readyState, WebSocket.OPEN);
  t.deepEqual(given.failures, []);
});
