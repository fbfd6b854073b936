/** Connections that are cut at any moment, by anything: what the client has in the end is what the log has, once and in order. */
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

/** What a careful client keeps: every seq, however it learnt of it, its cursor, and what was not acknowledged yet. */
type Kept = { readonly got: number[]; readonly unacknowledged: Map<string, string>; readonly faults: string[]; connections: number };

/** A device that comes back whenever it is cut, with its cursor, and says again what was not acknowledged. */
async function comeBack(
  kept: Kept,
  url: string,
  account: Account,
  { device, channel }: { readonly device: string; readonly channel: ChannelId },
): Promise<Client> {
  const client = await openClient(url);
  let cursor = Math.max(-1, ...kept.got);
  const aheadOf = new Set<number>(); // what came before an acknowledgement that is still on its way, or an acknowledgement before what was said before it
  const has = (seq: number) => {
    if (seq !== cursor + 1) return void aheadOf.add(seq);
    kept.got.push(seq);
    for (cursor = seq; aheadOf.delete(cursor + 1);) kept.got.push(++cursor);
  };
  const hear = (frame: ServerFrame) => {
    switch (frame.type) {
      case 'message':
        if (frame.seq <= cursor || aheadOf.has(frame.seq)) kept.faults.push(`${frame.seq} came again after ${cursor}`);
        if (frame.seq > cursor + 1 && kept.unacknowledged.size === 0) kept.faults.push(`${frame.seq} came after ${cursor}`);
        return has(frame.seq);
      case 'ack':
        if (kept.unacknowledged.delete(frame.id) && frame.seq > cursor) has(frame.seq);
        return;
      case 'welcome':
        if (!frame.recovered) kept.faults.push('not recovered');
        return;
      case 'refused':
        kept.faults.push(`refused: ${frame.code}`);
        return;
      case 'heads':
        if ((frame.heads[channel] ?? -1) > cursor && kept.unacknowledged.size === 0) kept.faults.push(`told of ${frame.heads[channel]} after ${cursor}`);
        return;
      case 'read':
      case 'typing':
      case 'presence':
      case 'channel':
        return;
    }
  };
  client.socket.on('message', (data: Buffer) => hear(JSON.parse(data.toString()) as ServerFrame));
  client.send({ type: 'hello', token: account.token, device, cursors: { [channel]: cursor } });
  for (const [id, text] of kept.unacknowledged) client.send({ type: 'send', channel, id, text });
  kept.connections++;
  return client;
}

const cut = (client: Client, how: 'terminate' | 'close' | 'half-open'): void => {
  if (how === 'terminate') client.socket.terminate();
  else if (how === 'close') client.socket.close();
  else client.socket.pause(); // nothing is read any more, and nobody is told
};

test('however connections are cut while people talk, on whatever gateway they come back: no gap, nothing twice, nothing lost', async (t) => {
  await using given = await givenGateways();
  const urls = await Promise.all([0, 1].map(async () => (await given.gateway()).url));
  const cuts = fc.record({
    acts: fc.array(
      fc.record({
        who: fc.integer({ min: 0, max: 2 }),
        does: fc.oneof(
          { weight: 3, arbitrary: fc.constant('say' as const) },
          { weight: 2, arbitrary: fc.constantFrom('terminate' as const, 'close' as const, 'half-open' as const) },
        ),
        gateway: fc.integer({ min: 0, max: 1 }),
        afterMs: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 10, maxLength: 60 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(cuts, async ({ acts }) => {
      const [ann, bob] = await Promise.all([given.person(), given.person()]);
      const channel = await given.direct(ann, bob);
      const devices = [
        { account: ann, device: 'phone' },
        { account: ann, device: 'laptop' },
        { account: bob, device: 'phone' },
      ].map((one) => ({
        ...one,
        kept: { got: [], unacknowledged: new Map<string, string>(), faults: [], connections: 0 } as Kept,
        client: undefined as Client | undefined,
      }));
      const clients: Client[] = [];
      const connect = async (one: (typeof devices)[number], gateway: number) => {
        one.client = await comeBack(one.kept, urls[gateway] ?? '', one.account, { device: one.device, channel });
        clients.push(one.client);
        await one.client.take('welcome');
      };
      for (const one of devices) await connect(one, 0);
      let said = 0;
      for (const { who, does, gateway, afterMs } of acts) {
        const one = devices[who];
        if (one?.client === undefined) continue;
        if (does === 'say') {
          const id = v7();
          one.kept.unacknowledged.set(id, `${said++}`);
          one.client.send({ type: 'send', channel, id, text: one.kept.unacknowledged.get(id) });
        } else {
          cut(one.client, does);
          one.client.socket.removeAllListeners('message');
          await connect(one, gateway);
        }
        if (afterMs > 0) await delay(afterMs);
      }
      const everything = Array.from({ length: said }, (_, seq) => seq);
      await until(() => devices.every(({ kept }) => kept.got.length >= said && kept.unacknowledged.size === 0));
      for (const { kept } of devices) t.deepEqual(kept.got, everything);
      t.deepEqual(await textsIn(given, channel), everything.length);
      t.deepEqual(
        devices.flatMap(({ kept }) => kept.faults),
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

/** How many different texts there are: as many as events, if nothing is there twice. */
async function textsIn({ log, codec }: GatewayFixture, channel: ChannelId): Promise<number> {
  const stored = [];
  for await (const event of log.readStream(messagesStream(channel))) stored.push(event);
  const texts = (await codec.decodeAll(stored)).map((event) => ('data' in event && 'text' in event.data ? event.data.text : undefined));
  return new Set(texts).size === stored.length ? stored.length : -1;
}

test('who reads fast is not cut as slow, however much others say at once or was missed', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway();
  const bob = await given.person();
  const others = await Promise.all(Array.from({ length: 4 }, () => given.person()));
  const channels = await Promise.all(others.map((other) => given.direct(other, bob)));
  const [missed] = channels;
  if (missed === undefined) return t.fail();
  await using his = await connectClient(gateway.url, bob, { cursors: Object.fromEntries(channels.map((channel) => [channel, -1])) });
  const isThere = (channel: ChannelId, count: number) => seqsOf(his.frames, channel).length === count;
  await Promise.all(others.map((other, i) => given.say(other, channels[i] ?? missed, '\u0001'.repeat(100_000)))); // six characters each in JSON
  await until(() => his.socket.readyState !== WebSocket.OPEN || channels.every((channel) => isThere(channel, 1)));
  for (let n = 0; n < 15; n++) {
    const unheard = { channel: missed, sender: bob.person, text: 'x'.repeat(100_000), clientId: v7() };
    await given.deaf.postMessage(unheard, given.context(bob.person));
  }
  await until(() => his.socket.readyState !== WebSocket.OPEN || isThere(missed, 16));
  t.is(his.socket.readyState, WebSocket.OPEN);
  t.deepEqual([...his.faults, ...given.failures], []);
});

test('who reads too slowly is cut as slow, and has everything after coming back', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway({ tickMs: 1_000 }); // so that it is not the missing pong that is found first
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const channel = await given.direct(ann, bob);
  const slow = await connectClient(gateway.url, bob, { cursors: { [channel]: -1 } });
  await using fast = await connectClient(gateway.url, ann, { cursors: { [channel]: -1 } });
  slow.socket.pause();
  let said = 0;
  // The kernel buffers some megabytes before anything waits in the gateway.
  for (; gateway.stats().connectionsClosed.slow === undefined; said++) await fast.say(channel, 'x'.repeat(90_000));
  slow.socket.resume();
  const { code, reason } = await slow.closed;
  t.true(code === CLOSE_CODES.slow.code || code === 1006, 'a client that reads again in time is told why');
  t.log(`closed after ${said} messages of 90 kB: ${code} ${reason}`);
  const got = slow.frames.flatMap((frame) => (frame.type === 'message' ? [frame.seq] : []));
  t.deepEqual(
    got,
    Array.from({ length: got.length }, (_, seq) => seq),
  );
  let cursor = got.at(-1) ?? -1;
  // What is too much to be sent again is fetched; here it is as if all but the last had been.
  await using tooMuch = await connectClient(gateway.url, bob, { cursors: { [channel]: cursor } });
  t.is(tooMuch.welcome.recovered, said - 1 - cursor <= 1);
  cursor = said - 2;
  await using back = await connectClient(gateway.url, bob, { cursors: { [channel]: cursor } });
  t.true(back.welcome.recovered);
  t.is((await back.take('message')).seq, said - 1);
  t.deepEqual([...slow.faults, ...fast.faults, ...tooMuch.faults, ...back.faults], []);
  t.deepEqual(given.failures, []);
});
