/** Connections that are lost at any moment, by anything: in the end a client has the messages of the log, each once and in order. */
import test from 'ava';
import fc from 'fast-check';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { WebSocket } from 'ws';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import { givenGateways, until, type GatewayFixture } from '../test-fixture.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import { CLOSE_CODES } from '../protocol/close-codes.ts';
import { connectClient, openClient, seqsOf, type Account, type Client } from '../testing/client.ts';

/** What a careful client keeps: every seq, however it learnt of it, and the messages that are not acknowledged yet. */
type ClientState = { readonly got: number[]; readonly unacknowledged: Map<string, string>; readonly faults: string[]; connections: number };

/** Reconnects a device with its cursor, and sends unacknowledged messages again. */
async function reconnect(
  state: ClientState,
  url: string,
  account: Account,
  { device, channel }: { readonly device: string; readonly channel: ChannelId },
): Promise<Client> {
  const client = await openClient(url);
  let cursor = Math.max(-1, ...state.got);
  const ahead = new Set<number>(); // messages behind an acknowledgement that is still on its way, and acknowledgements that overtook earlier messages
  const gotSeq = (seq: number) => {
    if (seq !== cursor + 1) return void ahead.add(seq);
    state.got.push(seq);
    for (cursor = seq; ahead.delete(cursor + 1);) state.got.push(++cursor);
  };
  const onFrame = (frame: ServerFrame) => {
    switch (frame.type) {
      case 'message':
        if (frame.seq <= cursor || ahead.has(frame.seq)) state.faults.push(`${frame.seq} came again after ${cursor}`);
        if (frame.seq > cursor + 1 && state.unacknowledged.size === 0) state.faults.push(`${frame.seq} came after ${cursor}`);
        return gotSeq(frame.seq);
      case 'ack':
        if (state.unacknowledged.delete(frame.id) && frame.seq > cursor) gotSeq(frame.seq);
        return;
      case 'welcome':
        if (!frame.recovered) state.faults.push('not recovered');
        return;
      case 'refused':
        state.faults.push(`refused: ${frame.code}`);
        return;
      case 'heads':
        if ((frame.heads[channel] ?? -1) > cursor && state.unacknowledged.size === 0) state.faults.push(`told of ${frame.heads[channel]} after ${cursor}`);
        return;
      case 'read':
      case 'delivered':
      case 'typing':
      case 'presence':
      case 'channel':
      case 'announced':
      case 'invitations':
      case 'notification':
      case 'centre':
        return;
    }
  };
  client.socket.on('message', (data: Buffer) => onFrame(JSON.parse(data.toString()) as ServerFrame));
  client.send({ type: 'hello', token: account.token, device, cursors: { [channel]: cursor } });
  for (const [id, text] of state.unacknowledged) client.send({ type: 'send', channel, id, text });
  state.connections++;
  return client;
}

const disconnect = (client: Client, how: 'terminate' | 'close' | 'half-open'): void => {
  if (how === 'terminate') client.socket.terminate();
  else if (how === 'close') client.socket.close();
  else client.socket.pause(); // reads nothing any more, without telling the gateway
};

test('however connections are lost while people chat, and on whatever gateway they reconnect: no gap, no duplicate, no loss', async (t) => {
  await using given = await givenGateways();
  const urls = await Promise.all([0, 1].map(async () => (await given.gateway()).url));
  const scenarios = fc.record({
    acts: fc.array(
      fc.record({
        who: fc.integer({ min: 0, max: 2 }),
        does: fc.oneof(
          { weight: 3, arbitrary: fc.constant('send' as const) },
          { weight: 2, arbitrary: fc.constantFrom('terminate' as const, 'close' as const, 'half-open' as const) },
        ),
        gateway: fc.integer({ min: 0, max: 1 }),
        afterMs: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 10, maxLength: 60 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(scenarios, async ({ acts }) => {
      const [ann, bob] = await Promise.all([given.person(), given.person()]);
      const channel = await given.openDirectChannel(ann, bob);
      const devices = [
        { account: ann, device: 'phone' },
        { account: ann, device: 'laptop' },
        { account: bob, device: 'phone' },
      ].map((one) => ({
        ...one,
        state: { got: [], unacknowledged: new Map<string, string>(), faults: [], connections: 0 } as ClientState,
        client: undefined as Client | undefined,
      }));
      const clients: Client[] = [];
      const connect = async (one: (typeof devices)[number], gateway: number) => {
        one.client = await reconnect(one.state, urls[gateway] ?? '', one.account, { device: one.device, channel });
        clients.push(one.client);
        await one.client.take('welcome');
      };
      for (const one of devices) await connect(one, 0);
      let sent = 0;
      for (const { who, does, gateway, afterMs } of acts) {
        const one = devices[who];
        if (one?.client === undefined) continue;
        if (does === 'send') {
          const id = v7();
          one.state.unacknowledged.set(id, `${sent++}`);
          one.client.send({ type: 'send', channel, id, text: one.state.unacknowledged.get(id) });
        } else {
          disconnect(one.client, does);
          one.client.socket.removeAllListeners('message');
          await connect(one, gateway);
        }
        if (afterMs > 0) await delay(afterMs);
      }
      const everything = Array.from({ length: sent }, (_, seq) => seq);
      await until(() => devices.every(({ state }) => state.got.length >= sent && state.unacknowledged.size === 0));
      for (const { state } of devices) t.deepEqual(state.got, everything);
      t.deepEqual(await textsIn(given, channel), everything.length);
      t.deepEqual(
        devices.flatMap(({ state }) => state.faults),
        [],
      );
      t.deepEqual(
        clients.flatMap(({ faults }) => faults),
        [],
      );
      await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
    }),
    { numRuns: 30 },
  );
  t.deepEqual(given.failures, []);
});

/** The number of different texts: as many as events, unless one is there twice. */
async function textsIn({ log, codec }: GatewayFixture, channel: ChannelId): Promise<number> {
  const stored = [];
  for await (const event of log.readStream(messagesStream(channel))) stored.push(event);
  const texts = (await codec.decodeAll(stored)).map((event) => ('data' in event && 'text' in event.data ? event.data.text : undefined));
  return new Set(texts).size === stored.length ? stored.length : -1;
}

test('a client that reads fast is not closed as slow, however much comes at once or was missed', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway();
  const bob = await given.person();
  const others = await Promise.all(Array.from({ length: 4 }, () => given.person()));
  const channels = await Promise.all(others.map((other) => given.openDirectChannel(other, bob)));
  const [missed] = channels;
  if (missed === undefined) return t.fail();
  await using bobClient = await connectClient(gateway.url, bob, { cursors: Object.fromEntries(channels.map((channel) => [channel, -1])) });
  const isThere = (channel: ChannelId, count: number) => seqsOf(bobClient.frames, channel).length === count;
  await Promise.all(others.map((other, i) => given.postMessage(other, channels[i] ?? missed, `a${'\u0001'.repeat(99_999)}`))); // six characters each in JSON
  await until(() => bobClient.socket.readyState !== WebSocket.OPEN || channels.every((channel) => isThere(channel, 1)));
  for (let n = 0; n < 15; n++) {
    const message = { channel: missed, sender: bob.person, text: 'x'.repeat(100_000), clientId: v7() };
    await given.commandsWithoutHints.postMessage(message, given.context(bob.person));
  }
  await until(() => bobClient.socket.readyState !== WebSocket.OPEN || isThere(missed, 16));
  t.is(bobClient.socket.readyState, WebSocket.OPEN);
  t.deepEqual([...bobClient.faults, ...given.failures], []);
});

test('a client that reads too slowly is closed as slow, and has every message after it reconnects', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway({ tickMs: 1_000 }); // so that the missing pong is not found first
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const channel = await given.openDirectChannel(ann, bob);
  const slow = await connectClient(gateway.url, bob, { cursors: { [channel]: -1 } });
  await using fast = await connectClient(gateway.url, ann, { cursors: { [channel]: -1 } });
  slow.socket.pause();
  let sent = 0;
  // The kernel buffers some megabytes before anything waits in the gateway.
  for (; gateway.stats().connectionsClosed.slow === undefined; sent++) await fast.sendMessage(channel, 'x'.repeat(90_000));
  slow.socket.resume();
  const { code, reason } = await slow.closed;
  t.true(code === CLOSE_CODES.slow.code || code === 1006, 'a client that reads again in time is told why');
  t.log(`closed after ${sent} messages of 90 kB: ${code} ${reason}`);
  const got = slow.frames.flatMap((frame) => (frame.type === 'message' ? [frame.seq] : []));
  t.deepEqual(
    got,
    Array.from({ length: got.length }, (_, seq) => seq),
  );
  let cursor = got.at(-1) ?? -1;
  // Too many missed messages are fetched by the client; here all but the last count as fetched.
  await using tooMuch = await connectClient(gateway.url, bob, { cursors: { [channel]: cursor } });
  t.is(tooMuch.welcome.recovered, sent - 1 - cursor <= 1);
  cursor = sent - 2;
  await using back = await connectClient(gateway.url, bob, { cursors: { [channel]: cursor } });
  t.true(back.welcome.recovered);
  t.is((await back.take('message')).seq, sent - 1);
  t.deepEqual([...slow.faults, ...fast.faults, ...tooMuch.faults, ...back.faults], []);
  t.deepEqual(given.failures, []);
});
