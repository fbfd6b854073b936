import test from 'ava';
import fc from 'fast-check';
import type { DeliveryId } from '../../domain/shared/ids.ts';
import { plus, SECOND_MS } from '../../domain/shared/instant.ts';
import { deliveryStream } from '../../domain/shared/streams.ts';
import { LogUnavailable } from '../../ports/event-log/port.ts';
import { linkIn, linkTokenOf, openIn, openTokenOf } from '../../commands/notifications/tracked-links.ts';
import { isMachineRequest } from './machine-requests.ts';
import { createRecordBehind } from './record-behind.ts';
import { givenReceipts, type ReceiptsFixture } from './test-fixture.ts';

const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
const TARGET = 'https://shop.example/orders?number=1&to=ä';

/** An email that its vendor has taken a minute ago. */
async function readEmail({ api, attempted, command }: ReceiptsFixture) {
  const { person } = await api.person();
  const delivery = await attempted(person);
  await command(delivery, { type: 'accept', attempt: 1, vendor: 'acme-eu', vendorId: 'm-1', at: api.commands.now });
  api.commands.now = plus(api.commands.now, 60 * SECOND_MS);
  const { commands } = api.commands.process();
  return {
    delivery,
    link: `/v1/links/${commands.linkTokenOf({ delivery, link: 3, target: TARGET })}`,
    picture: `/v1/opens/${commands.openTokenOf({ delivery })}.gif`,
    get: (path: string, { agent = SAFARI, method = 'GET' } = {}) => fetch(api.url + path, { method, redirect: 'manual', headers: { 'user-agent': agent } }),
    seen: async () => {
      const { log, codec } = api.commands;
      const events = [];
      for await (const stored of log.readStream(deliveryStream(delivery), { from: 0 })) events.push(await codec.decode(stored));
      return events.flatMap(({ type, data }) => (type === 'notifications.engagement-seen.v1' ? [[data.what, data.link, data.machine ?? false]] : []));
    },
  };
}

test('a tracked link leads to its address, and that it was followed is recorded once', async (t) => {
  await using given = await givenReceipts();
  const email = await readEmail(given);
  for (let i = 0; i < 3; i++) {
    const followed = await email.get(`${email.link}?utm_source=mail`);
    t.deepEqual([followed.status, followed.headers.get('location'), await followed.text()], [302, 'https://shop.example/orders?number=1&to=%C3%A4', '']);
    t.regex(followed.headers.get('cache-control') ?? '', /no-store/);
  }
  const told = await fetch(given.api.url + email.link, { headers: { accept: 'application/json', 'user-agent': SAFARI } });
  t.deepEqual(await told.json(), { url: 'https://shop.example/orders?number=1&to=%C3%A4' });
  t.deepEqual(await email.seen(), [['clicked', 3, false]]);
  t.like(await given.load(email.delivery), { engagements: ['clicked'] });
});

test('a picture tells that an email was opened', async (t) => {
  await using given = await givenReceipts();
  const email = await readEmail(given);
  const loaded = await email.get(email.picture);
  t.deepEqual([loaded.status, loaded.headers.get('content-type')], [200, 'image/gif']);
  t.is(
    Buffer.from(await loaded.arrayBuffer())
      .subarray(0, 6)
      .toString(),
    'GIF89a',
  );
  t.deepEqual(await email.seen(), [['opened', undefined, false]]);
});

test('what programs do is marked, and hides nothing of what a person does', async (t) => {
  await using given = await givenReceipts();
  const email = await readEmail(given);
  t.is((await email.get(email.link, { method: 'HEAD' })).status, 302);
  t.is((await email.get(email.link, { agent: 'SafeLinks-Scanner/1.0' })).status, 302);
  t.is((await email.get(email.picture, { agent: 'Mozilla/5.0' })).status, 200);
  t.like(await given.load(email.delivery), { engagements: [] });
  await email.get(email.link);
  await email.get(email.picture);
  await email.get(email.link, { method: 'HEAD' });
  t.deepEqual(await email.seen(), [
    ['clicked', 3, true],
    ['opened', undefined, true],
    ['clicked', 3, false],
    ['opened', undefined, false],
  ]);
});

test('nobody reads within a second of the delivery, whatever they say that they are', async (t) => {
  await using given = await givenReceipts();
  const email = await readEmail(given);
  given.api.commands.now = plus(given.api.commands.now, -59.5 * SECOND_MS);
  await email.get(email.link);
  t.deepEqual(await email.seen(), [['clicked', 3, true]]);
});

test('a link leads nowhere but where it was signed to, and of an unknown delivery it still leads there', async (t) => {
  await using given = await givenReceipts();
  const email = await readEmail(given);
  const token = email.link.slice('/v1/links/'.length);
  for (const wrong of [
    token.slice(0, -2),
    `${token}AAAA`,
    `A${token}`,
    'x',
    token.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A')),
    email.picture.slice('/v1/opens/'.length, -4),
  ]) {
    t.is((await email.get(`/v1/links/${wrong}`)).status, 404, wrong);
    t.is((await email.get(`/v1/opens/${wrong === email.picture.slice('/v1/opens/'.length, -4) ? token : wrong}.gif`)).status, 404, wrong);
  }
  t.deepEqual(await email.seen(), []);
  const unknown = given.api.commands
    .process()
    .commands.linkTokenOf({ delivery: 'e3b0c442-98fc-5c14-9afb-f4c8996fb924' as DeliveryId, link: 0, target: TARGET });
  t.is((await email.get(`/v1/links/${unknown}`)).status, 302);
});

test('whatever is changed in a token, it is none of ours', (t) => {
  const secret = Buffer.from('a secret');
  const delivery = 'e3b0c442-98fc-5c14-9afb-f4c8996fb924' as DeliveryId;
  fc.assert(
    fc.property(fc.webUrl(), fc.nat({ max: 499 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (target, link, place, change) => {
      const token = linkTokenOf(secret, { delivery, link, target });
      t.deepEqual(linkIn(secret, token), { delivery, link, target });
      t.is(openIn(secret, token), undefined);
      t.is(linkIn(Buffer.from('another'), token), undefined);
      const bytes = Buffer.from(token, 'base64url');
      bytes[place % bytes.length] = (bytes[place % bytes.length] ?? 0) ^ change;
      t.is(linkIn(secret, bytes.toString('base64url')), undefined);
    }),
    { numRuns: 100 },
  );
  t.deepEqual(openIn(secret, openTokenOf(secret, { delivery })), { delivery });
});

test('people and their mail readers are told from programs by what they say of themselves', (t) => {
  const is = (agent: string, what: 'link' | 'picture' = 'picture', more = {}) =>
    isMachineRequest({ method: 'GET', headers: { 'user-agent': agent, ...more } }, what);
  const gmail = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
  const prefetch =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0';
  for (const agent of [SAFARI, gmail, 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0']) t.false(is(agent), agent);
  for (const agent of ['', 'Mozilla/5.0', prefetch, 'Googlebot/2.1', 'Slackbot-LinkExpanding 1.0', 'curl/8.5.0', 'python-requests/2.32'])
    t.true(is(agent), agent);
  t.false(is('Mozilla/5.0', 'link'), 'Apple’s proxy loads pictures alone');
  t.true(is(SAFARI, 'link', { 'sec-purpose': 'prefetch;prerender' }));
});

test('who follows a link goes on while the log is away, and it is recorded when the log is back', async (t) => {
  const dropped: unknown[] = [];
  let isAway = true;
  const recorded: string[] = [];
  await using behind = createRecordBehind({ onDropped: (error) => void dropped.push(error) }, { retryMs: 10 });
  await behind.record(async () => {
    if (isAway) throw new LogUnavailable('away');
    recorded.push('one');
  });
  t.deepEqual(recorded, [], 'nobody waits for the log');
  isAway = false;
  await behind.record(async () => void recorded.push('two'));
  await behind[Symbol.asyncDispose]();
  t.deepEqual(recorded.toSorted(), ['one', 'two']);
  const kept: string[] = [];
  const away = () => Promise.reject(new LogUnavailable('away'));
  await behind.record(away, async () => void kept.push('three'));
  t.deepEqual(kept, ['three'], 'what is kept elsewhere is not this process’s any more');
  await behind.record(
    () => Promise.reject(new Error('a fault of ours')),
    async () => void kept.push('a fault'),
  );
  t.deepEqual(kept, ['three']);
  t.deepEqual(dropped.map(String), ['Error: a fault of ours']);
});
