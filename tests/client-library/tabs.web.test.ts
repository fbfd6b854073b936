/** Tabs of one person, with the locks and channels that browsers have too: one connection for all, whichever of them ends or freezes. */
import test from 'ava';
import { memoryStorage, type Storage } from '../../client/storage/storage.ts';
import type { TabsEnvironment } from '../../client/tabs/tabs.ts';
import type { OpenChannel, Tidings } from '../../client/index.ts';
import { waitUntil } from '../e2e/system-under-test.ts';
import { startClientSystem, untilChannel, untilLive, type Account, type ClientSystem } from './test-fixture.ts';

type Tab = { readonly tidings: Tidings; readonly channel: OpenChannel; sockets(): number; freeze(): void; thaw(): void };

let system: ClientSystem;
let [people, id]: [readonly Account[], string] = [[], ''];
test.before(async (t) => {
  t.timeout(120_000);
  system = await startClientSystem();
  people = [await system.account('ann'), await system.account('bob')];
  id = await system.directChannel(ann(), bob());
});
test.after.always(() => system?.[Symbol.asyncDispose]());
test.beforeEach((t) => t.timeout(60_000));

const ann = () => people[0] as Account;
const bob = () => people[1] as Account;

/** A frozen tab says nothing, and hears later what it was told. */
async function openTab({ storage, device, isVisible = true }: { storage: Storage; device: string; isVisible?: boolean }): Promise<Tab> {
  let isFrozen = false;
  const waiting: (() => void)[] = [];
  let sockets = 0;
  const orLater = (act: () => void) => (isFrozen ? void waiting.push(act) : act());
  const openChannel = (name: string) => {
    const channel = new BroadcastChannel(name);
    return {
      postMessage: (message: unknown) => orLater(() => channel.postMessage(message)),
      addEventListener: (_: 'message', listen: (event: unknown) => void) => channel.addEventListener('message', (event) => orLater(() => listen(event))),
      close: () => channel.close(),
    } as unknown as BroadcastChannel;
  };
  const { locks } = navigator as unknown as { readonly locks: TabsEnvironment['locks'] };
  const tidings = await system.open(ann(), {
    storage,
    device,
    tabs: { locks, openChannel, isVisible: () => isVisible },
    openSocket: () => {
      sockets++;
      return new WebSocket(`ws://127.0.0.1:${system.network.port}/`);
    },
  });
  const channel = await tidings.chat.channel(id);
  await channel.load();
  return {
    tidings,
    channel,
    sockets: () => sockets,
    freeze: () => {
      isFrozen = true;
    },
    thaw: () => {
      isFrozen = false;
      for (const act of waiting.splice(0)) act();
    },
  };
}

const textsSince = ({ channel }: Tab, seq: number) => channel.state.value.messages.filter((message) => message.seq > seq).map(({ text }) => text);
const headOf = ({ channel }: Tab) => channel.state.value.messages.at(-1)?.seq ?? -1;

test.serial('two tabs have one connection, and each message that either writes is once in both, and in its order', async (t) => {
  const storage = memoryStorage();
  const [one, other] = [await openTab({ storage, device: 'one' }), await openTab({ storage, device: 'one' })];
  const before = headOf(one);
  for (const { tidings } of [one, other]) tidings.chat.connect();
  await Promise.all([untilLive(one.tidings), untilLive(other.tidings)]);
  for (let n = 0; n < 10; n++) {
    await one.channel.send(`one ${n}`);
    await other.channel.send(`other ${n}`);
  }
  const [hers, its] = [one, other].map(({ channel }) => untilChannel(channel, ({ messages, outgoing }) => messages.length > 0 && outgoing.length === 0));
  await Promise.all([hers, its]);
  await waitUntil('both have all', () => [one, other].every((tab) => textsSince(tab, before).length === 20));
  t.deepEqual(textsSince(one, before), textsSince(other, before));
  for (const name of ['one', 'other'])
    t.deepEqual(
      textsSince(one, before).filter((text) => text?.startsWith(`${name} `)),
      Array.from({ length: 10 }, (_, n) => `${name} ${n}`),
    );
  t.is(one.sockets() + other.sockets(), 1);
  t.deepEqual(await storage.list('outbox/'), []);
  one.tidings.chat.close();
  await waitUntil('the other tab has a connection', () => other.sockets() === 1 && other.tidings.chat.connection.value.phase === 'live');
  other.tidings.chat.close();
});

test.serial('a tab that is closed in the middle leaves what it wrote to the others, and each message comes once', async (t) => {
  const storage = memoryStorage();
  const [one, other] = [await openTab({ storage, device: 'two' }), await openTab({ storage, device: 'two' })];
  const before = headOf(other);
  one.tidings.chat.connect();
  await untilLive(one.tidings);
  other.tidings.chat.connect();
  await untilLive(other.tidings);
  for (let n = 0; n < 30; n++) await one.channel.send(`left ${n}`);
  const left = one.channel.state.value.outgoing.length;
  one.tidings.chat.close();
  await untilChannel(other.channel, ({ messages, outgoing }) => outgoing.length === 0 && messages.at(-1)?.text === 'left 29');
  t.deepEqual(
    textsSince(other, before),
    Array.from({ length: 30 }, (_, n) => `left ${n}`),
  );
  t.true(left > 0, 'it was closed when all had been sent');
  t.is(other.sockets(), 1);
  other.tidings.chat.close();
});

test.serial('where the tab that has the connection freezes, a visible one has its own within seconds; the other one gives way when it wakes', async (t) => {
  const storage = memoryStorage();
  const frozen = await openTab({ storage, device: 'three' });
  frozen.tidings.chat.connect();
  await untilLive(frozen.tidings);
  const [hidden, visible] = [await openTab({ storage, device: 'three', isVisible: false }), await openTab({ storage, device: 'three' })];
  const before = headOf(visible);
  for (const { tidings } of [hidden, visible]) tidings.chat.connect();
  await Promise.all([untilLive(hidden.tidings), untilLive(visible.tidings)]);
  t.deepEqual([frozen.sockets(), hidden.sockets(), visible.sockets()], [1, 0, 0]);
  frozen.freeze();
  await visible.channel.send('while it is frozen');
  await hidden.channel.send('while it is frozen, too');
  for (const { channel } of [visible, hidden]) await untilChannel(channel, ({ messages }) => messages.at(-1)?.text === 'while it is frozen, too');
  t.deepEqual([frozen.sockets(), hidden.sockets(), visible.sockets()], [1, 0, 1]);
  frozen.thaw();
  await waitUntil('the tab that was frozen has the messages', () => headOf(frozen) === headOf(visible));
  await frozen.channel.send('awake');
  for (const tab of [frozen, hidden, visible]) {
    await untilChannel(tab.channel, ({ messages, outgoing }) => outgoing.length === 0 && messages.at(-1)?.text === 'awake');
    t.deepEqual(textsSince(tab, before), ['while it is frozen', 'while it is frozen, too', 'awake']);
  }
  t.deepEqual([frozen.sockets(), hidden.sockets(), visible.sockets()], [1, 0, 1]);
  for (const { tidings } of [frozen, hidden, visible]) tidings.chat.close();
});

test.serial('tabs read one stream together, and whoever goes on alone reads on', async (t) => {
  const storage = memoryStorage();
  const tabs = [await openTab({ storage, device: 'four' }), await openTab({ storage, device: 'four' })];
  const [first, second] = tabs as [Tab, Tab];
  const heard = tabs.map(() => [] as string[]);
  const stop = new AbortController();
  const reading = tabs.map(async ({ tidings }, n) => {
    for await (const { event, data } of tidings.live('feed', { signal: stop.signal }))
      heard[n]?.push(event === 'post' ? String((data as { text?: string }).text) : event);
  });
  await waitUntil('both know that the stream has begun', () => heard.every((events) => events.includes('ready')));
  const publish = (text: string) => second.tidings.write.POST('/v1/me/feed', { body: { text } });
  await publish('to both');
  await waitUntil('both have heard it', () => heard.every((events) => events.includes('to both')));
  first.tidings.chat.close();
  await reading[0];
  await publish('to one');
  await waitUntil('the other has heard it', () => heard[1]?.includes('to one') === true);
  t.false(heard[0]?.includes('to one'));
  t.is(heard[1]?.filter((text) => text === 'to both').length, 1);
  stop.abort();
  await Promise.all(reading);
  second.tidings.chat.close();
});

test.serial('without locks each tab has a connection, and each message is once all the same', async (t) => {
  const storage = memoryStorage();
  system.network.setOpen(false);
  const [one, other] = await Promise.all([system.open(ann(), { storage, device: 'five' }), system.open(ann(), { storage, device: 'five' })]);
  const writing = await one.chat.channel(id);
  await writing.load();
  const before = writing.state.value.messages.at(-1)?.seq ?? -1;
  for (let n = 0; n < 10; n++) await writing.send(`twice ${n}`);
  const again = await system.open(ann(), { storage, device: 'five' });
  const rewriting = await again.chat.channel(id);
  t.is(rewriting.state.value.outgoing.length, 10);
  await rewriting.load();
  system.network.setOpen(true);
  for (const { chat } of [one, again, other]) chat.connect();
  for (const channel of [writing, rewriting]) {
    await untilChannel(channel, ({ messages, outgoing }) => outgoing.length === 0 && messages.at(-1)?.text === 'twice 9');
    t.deepEqual(
      channel.state.value.messages.filter(({ seq }) => seq > before).map(({ text }) => text),
      Array.from({ length: 10 }, (_, n) => `twice ${n}`),
    );
  }
});

test.serial('a message that is older than what the server remembers is kept and asked about, and sent when the person says so', async (t) => {
  const storage = memoryStorage();
  const old = (Date.now() - 8 * 86_400_000).toString(16).padStart(12, '0');
  const lastWeek = `${old.slice(0, 8)}-${old.slice(8)}-7000-8000-000000000001`;
  await storage.set(`outbox/${lastWeek}`, { frame: { type: 'send', channel: id, id: lastWeek, text: 'of last week' }, state: 'sent' });
  const { chat } = await system.open(ann(), { storage, device: 'six' });
  const channel = await chat.channel(id);
  await channel.load();
  chat.connect();
  await channel.send('of today');
  await untilChannel(channel, ({ messages, outgoing }) => messages.at(-1)?.text === 'of today' && outgoing.some(({ state }) => state === 'failed'));
  t.is(channel.state.value.outgoing[0]?.failure?.code, 'command-expired');
  t.is((await storage.list('outbox/')).length, 1);
  await chat.retry(lastWeek);
  await untilChannel(channel, ({ messages, outgoing }) => outgoing.length === 0 && messages.at(-1)?.text === 'of last week');
  t.deepEqual(await storage.list('outbox/'), []);
});
