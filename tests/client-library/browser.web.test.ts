/** The library in Chromium against the real system, while what can go wrong does: nothing lost, nothing twice, the order right. */
import test, { type ExecutionContext } from 'ava';
import { waitUntil } from '../e2e/system-under-test.ts';
import { testInTurnWith } from '../servers/availability.ts';
import type { Seen } from './in-page.ts';
import { startLibraryInBrowser, type LibraryInBrowser, type Tab } from './library-in-browser.ts';
import type { Account } from './test-fixture.ts';

const testInBrowser = testInTurnWith('chromium'); // one of them kills the server
let starting: Promise<LibraryInBrowser> | undefined;
let people = 0;
const given = (): Promise<LibraryInBrowser> => (starting ??= startLibraryInBrowser());
test.after.always(async () => (await starting)?.[Symbol.asyncDispose]());
test.beforeEach((t) => t.timeout(180_000));

const HOUR_MS = 3_600_000;
const texts = (count: number, of: string) => Array.from({ length: count }, (_, n) => `${of} ${n}`);

async function twoPeople(): Promise<{ readonly ann: Account; readonly bob: Account; readonly channel: string }> {
  const { system } = await given();
  people++;
  const [ann, bob] = [await system.account(`ann-${people}`), await system.account(`bob-${people}`)];
  return { ann, bob, channel: await system.directChannel(ann, bob) };
}

const untilSeen = (tab: Tab, what: string, isSo: (now: Seen) => boolean) => waitUntil(what, async () => isSo(await seen(tab)));
const seen = (tab: Tab) => tab.call('seen');

async function live(tab: Tab): Promise<void> {
  await tab.call('load');
  await tab.call('connect');
  await untilSeen(tab, 'it is connected', ({ phase }) => phase === 'live');
}

/** All of them, each once, those of each writer in their order; the seqs without a hole. */
async function isWhole(t: ExecutionContext, tab: Tab, ...written: readonly (readonly string[])[]): Promise<void> {
  await untilSeen(tab, 'it has all messages', ({ texts: all, outgoing }) => outgoing.length === 0 && written.flat().every((text) => all.includes(text)));
  const { texts: all, seqs } = await seen(tab);
  t.is(all.length, written.flat().length);
  t.deepEqual(seqs, seqs.map((_, n) => n)); // prettier-ignore
  for (const some of written) t.deepEqual(all.filter((text) => some.includes(String(text))), some); // prettier-ignore
}

testInBrowser('the network is cut in the middle of what two tabs and another device send, and the server is killed', async (t) => {
  const { system, context, tab } = await given();
  const { ann, bob, channel } = await twoPeople();
  const laptop = await context();
  const [one, other] = [await tab(laptop, { account: ann, channel, device: 'laptop' }), await tab(laptop, { account: ann, channel, device: 'laptop' })];
  const phone = await tab(await context(), { account: ann, channel, device: 'phone' });
  const his = await tab(await context(), { account: bob, channel, device: 'laptop' });
  for (const each of [one, other, phone, his]) await live(each);
  t.is((await seen(one)).sockets + (await seen(other)).sockets, 1, 'the tabs share a connection');
  const written = { one: texts(40, 'one'), other: texts(40, 'other'), phone: texts(40, 'phone') };
  const before = system.network.cuts();
  let cutInTheMiddle = 0;
  for (let n = 0; n < 40; n += 10) {
    const cuts = system.network.cuts();
    system.network.cutAfter(1_500); // of some 4,000 that are sent
    await Promise.all([one.call('send', written.one.slice(n, n + 10)), other.call('send', written.other.slice(n, n + 10)), phone.call('send', written.phone.slice(n, n + 10))]); // prettier-ignore
    await waitUntil('a connection was cut in the middle', () => system.network.cuts() > cuts);
    cutInTheMiddle++;
    await Promise.all([one, phone, his].map((each) => untilSeen(each, 'it is connected', ({ phase }) => phase === 'live')));
    if (n === 20) await system.restart();
    else system.network.cut();
  }
  for (const each of [one, other, phone, his]) await isWhole(t, each, ...Object.values(written));
  t.is(cutInTheMiddle, 4);
  t.true(system.network.cuts() - before >= 10, `${system.network.cuts() - before} connections were cut`);
});

testInBrowser('the tab that has the connection is frozen: another has one within seconds, and what both wrote is there once', async (t) => {
  const { context, tab } = await given();
  const { ann, channel } = await twoPeople();
  const laptop = await context();
  const of = { account: ann, channel, device: 'laptop' };
  const frozen = await tab(laptop, of);
  await live(frozen);
  const awake = await tab(laptop, of);
  await live(awake);
  const debuggers = await laptop.newCDPSession(frozen.page);
  await frozen.call('send', texts(5, 'before'));
  await debuggers.send('Debugger.enable');
  await debuggers.send('Debugger.pause');
  await awake.call('send', texts(5, 'while'));
  await isWhole(t, awake, texts(5, 'before'), texts(5, 'while'));
  t.is((await seen(awake)).sockets, 1, 'it has a connection of its own');
  await debuggers.send('Debugger.resume');
  await debuggers.send('Debugger.disable');
  await frozen.call('send', texts(5, 'after'));
  for (const each of [frozen, awake]) await isWhole(t, each, texts(5, 'before'), texts(5, 'while'), texts(5, 'after'));
});

testInBrowser('a clock that is wrong by an hour, either way, loses and doubles nothing, and its messages are there at once', async (t) => {
  const { context, tab } = await given();
  const { ann, bob, channel } = await twoPeople();
  const [fast, slow] = [await context({ clockAheadMs: HOUR_MS }), await context({ clockAheadMs: -HOUR_MS })];
  const hers = await tab(fast, { account: ann, channel, device: 'laptop' });
  const his = await tab(slow, { account: bob, channel, device: 'laptop' });
  t.true(Math.abs(Number(await hers.page.evaluate('Date.now()')) - Number(await his.page.evaluate('Date.now()')) - 2 * HOUR_MS) < 60_000);
  // Before anything is known of the server's time.
  await hers.call('send', texts(3, 'fast'));
  await hers.call('load');
  await hers.call('connect');
  await live(his);
  await his.call('send', texts(3, 'slow'));
  for (const each of [hers, his]) await isWhole(t, each, texts(3, 'fast'), texts(3, 'slow'));
  t.true((await seen(hers)).refusals.includes('clock-skew'), 'the server took the clock for right');
});

testInBrowser('storage that is full keeps nothing from being sent', async (t) => {
  const { context, tab, origin } = await given();
  const { ann, channel } = await twoPeople();
  const laptop = await context();
  const hers = await tab(laptop, { account: ann, channel, device: 'laptop' });
  await live(hers);
  const storage = await laptop.newCDPSession(hers.page);
  await storage.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  await hers.call('send', texts(10, 'no room'));
  await isWhole(t, hers, texts(10, 'no room'));
  t.true((await seen(hers)).storageErrors > 0, 'there was room');
});

testInBrowser('a session that ends while the device is offline keeps what was written, also over a reload, until the person has logged in again', async (t) => {
  const { context, tab, system } = await given();
  const { ann, channel } = await twoPeople();
  const laptop = await context();
  const of = { account: ann, channel, device: 'laptop' };
  const offline = await tab(laptop, of);
  await live(offline);
  await laptop.setOffline(true);
  await untilSeen(offline, 'it knows that it is offline', ({ phase }) => phase === 'offline');
  await offline.call('send', texts(5, 'offline'));
  const ended = await fetch(`${system.urls.write}/v1/sessions/current`, { method: 'DELETE', headers: { authorization: `Bearer ${ann.token}`, 'idempotency-key': crypto.randomUUID() } }); // prettier-ignore
  t.true(ended.ok, `${ended.status} ${await ended.text()}`);
  await laptop.setOffline(false);
  await untilSeen(offline, 'it was told that the session ended', ({ phase }) => phase === 'ended');
  await offline.page.close();
  const again = await tab(laptop, of);
  t.deepEqual((await seen(again)).outgoing.map(({ text }) => text), texts(5, 'offline')); // prettier-ignore
  await again.call('setToken', await system.logIn(`ann-${people}`));
  await live(again);
  await isWhole(t, again, texts(5, 'offline'));
});

testInBrowser('an upload goes on where the network was cut', async (t) => {
  const { context, tab, system } = await given();
  const { ann, channel } = await twoPeople();
  const hers = await tab(await context(), { account: ann, channel, device: 'laptop' });
  const { network } = system.commands;
  const before = network.cuts();
  network.cutAfter(400_000);
  t.regex(await hers.call('upload', 2_000_000), /^[0-9a-f-]{36}$/);
  t.is(network.cuts() - before, 1);
});
