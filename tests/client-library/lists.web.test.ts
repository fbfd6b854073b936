/** The lists of the library: there at the next start, current while they are followed, and never with a hole. */
import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import type { List } from '../../client/index.ts';
import { memoryStorage } from '../../client/storage/storage.ts';
import { waitUntil } from '../e2e/system-under-test.ts';
import { startClientSystem, untilLive, type Account, type ClientSystem } from './test-fixture.ts';

const CLIENT = pathToFileURL(resolve(import.meta.dirname, '../../client/index.ts')).href;

let system: ClientSystem;
let [people, id]: [readonly Account[], string] = [[], ''];
test.before(async (t) => {
  t.timeout(120_000);
  system = await startClientSystem();
  people = [await system.account('ann'), await system.account('bob')];
  id = await system.directChannel(ann(), bob());
});
test.after.always(() => system?.[Symbol.asyncDispose]());
test.beforeEach((t) => t.timeout(120_000));

const ann = () => people[0] as Account;
const bob = () => people[1] as Account;
const textsOf = (list: List<{ readonly text?: string | null }>) => list.state.value.entries.map(({ text }) => text);

test.serial('channels are current while they are followed, and there at the next start before anything is asked', async (t) => {
  const storage = memoryStorage();
  const [hers, his] = [await system.open(ann(), { storage }), await system.open(bob())];
  hers.chat.connect();
  his.chat.connect();
  await Promise.all([untilLive(hers), untilLive(his)]);
  const inbox = await hers.lists.inbox();
  t.deepEqual(inbox.state.value, { entries: [], hasOlder: false, isCurrent: false });
  const stop = inbox.follow();
  const last = () => inbox.state.value.entries[0]?.last?.text;
  await (await his.chat.channel(id)).send('one');
  await waitUntil('the row has the message', () => last() === 'one');
  await (await his.chat.channel(id)).send('two');
  await waitUntil('the row has the next message', () => last() === 'two' && inbox.state.value.entries[0]?.unread === 2);
  stop();
  const again = await (await system.open(ann(), { storage })).lists.inbox();
  t.like(again.state.value, { isCurrent: false, entries: [{ channel: id, last: { text: 'two' } }] });
  await again.refresh();
  t.true(again.state.value.isCurrent);
  await storage.set('epoch', 4_711);
  await again.refresh();
  t.like(again.state.value, { isCurrent: true, entries: [{ channel: id, last: { text: 'two' } }] });
  await storage.set('epoch', 4_712);
  t.deepEqual((await (await system.open(ann(), { storage })).lists.inbox()).state.value.entries, [], 'those of another log are forgotten');
});

test.serial('words that disappear are not written to the device', async (t) => {
  const storage = memoryStorage();
  const hers = await system.open(ann(), { storage });
  await hers.write.PUT('/v1/channels/{channel}/disappearing', { params: { path: { channel: id } }, body: { afterSeconds: 3_600 } });
  await hers.write.POST('/v1/channels/{channel}/messages', { params: { path: { channel: id } }, body: { text: 'gone within the hour' } });
  const inbox = await hers.lists.inbox();
  await waitUntil('the row has the message', async () => {
    await inbox.refresh();
    return inbox.state.value.entries[0]?.last?.text === 'gone within the hour';
  });
  t.false(JSON.stringify(await storage.list('list/')).includes('gone within the hour'));
});

test.serial('a program ends once its chat is closed, though words are still to disappear', async (t) => {
  const { token, person } = ann();
  const options = { ...system.urls, token, device: 'program', storedAs: person };
  const program = `
    import { openTidings } from ${JSON.stringify(CLIENT)};
    const tidings = await openTidings(${JSON.stringify(options)});
    const channel = await tidings.chat.channel(${JSON.stringify(id)});
    await channel.load();
    tidings.chat.close();
    console.log(channel.state.value.messages.at(-1).text);
  `;
  const ended = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { timeout: 60_000 });
  t.is(ended.stdout, 'gone within the hour\n');
});

test.serial('the feed is read page by page, goes on at its beginning, and is asked for by its ETag', async (t) => {
  const hers = await system.open(ann());
  const publish = (text: string) => hers.write.POST('/v1/me/feed', { body: { text } });
  const written = Array.from({ length: 45 }, (_, n) => `post ${n}`);
  for (const text of written) await publish(text);
  const feed = await hers.lists.feed();
  await feed.refresh();
  const shown = feed.state.value;
  t.true(shown.hasOlder);
  await feed.refresh();
  t.is(feed.state.value.entries, shown.entries, 'what is unchanged is the same');
  while (feed.state.value.hasOlder) await feed.loadOlder();
  t.deepEqual(textsOf(feed), written.toReversed());
  const stop = feed.follow();
  await publish('the newest');
  await waitUntil('the feed has the newest', () => textsOf(feed)[0] === 'the newest');
  t.deepEqual(textsOf(feed), ['the newest', ...written.toReversed()]);
  stop();
  for (let n = 45; n < 110; n++) await publish(`post ${n}`);
  await feed.refresh();
  const all = [...written, 'the newest', ...Array.from({ length: 65 }, (_, n) => `post ${n + 45}`)].toReversed();
  t.deepEqual(textsOf(feed), all.slice(0, textsOf(feed).length), 'it has no hole');
  t.true(textsOf(feed).length < all.length && feed.state.value.hasOlder);
});

test.serial('who logs out leaves nothing on the device, also where something is still to be written', async (t) => {
  const storage = memoryStorage();
  const hers = await system.open(ann(), { storage });
  const [feed, channel] = [await hers.lists.feed(), await hers.chat.channel(id)];
  await Promise.all([feed.refresh(), channel.load()]);
  t.true((await storage.list('')).length > 0);
  await hers.forgetEverything();
  await channel.send('written too late');
  await new Promise((resolve) => setTimeout(resolve, 1_500)); // a channel is written a second after it changed
  t.deepEqual(await storage.list(''), []);
});
