import test from 'ava';
import { inEnglish } from '../../../commands/test-fixture.ts';
import { TRACKED_QUEUE } from '../../../commands/notifications/tracked-links.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { LogUnavailable } from '../../../ports/event-log/port.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import { confirmContact } from '../../test-fixture.ts';
import { recordTrackedLater } from '../record-tracked.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { trackLinksWith } from './track-links.ts';

const delivery = 'd' as DeliveryId;
const publicUrl = 'https://tidings.example';
const commands = { linkTokenOf: ({ link, target }: { link: number; target: string }) => `${link}=${encodeURIComponent(target)}`, openTokenOf: () => 'open' };
const track = trackLinksWith({ commands, publicUrl });
const html = (text: string, tracking = { links: true }) => track({ body: 'x', html: text }, { delivery, tracking }).html;
const tracked = (link: number, target: string) => `href="${publicUrl}/v1/links/${link}=${encodeURIComponent(target)}"`;

test('links are led by way of Tidings, however they are written, and nothing else is changed', (t) => {
  t.is(
    html(`<p>See <a class="b" href="https://a.example/?x=1&amp;y=&quot;2&#39;" title='a > b'>this</a> or <A HREF='http://b.example/'>that</A></p>`),
    `<p>See <a class="b" ${tracked(0, `https://a.example/?x=1&y="2'`)} title='a > b'>this</a> or <A ${tracked(1, 'http://b.example/')}>that</A></p>`,
  );
  t.is(html('<a href=https://c.example/d>x</a>'), `<a ${tracked(0, 'https://c.example/d')}>x</a>`);
  t.is(
    html(`<a title=" href='https://x.example/' " href="https://y.example/">x</a>`),
    `<a title=" href='https://x.example/' " ${tracked(0, 'https://y.example/')}>x</a>`,
  );
});

test('what unsubscribes, what is no web address, and what its app leaves alone leads on as it is', (t) => {
  for (const anchor of [
    `<a href="${publicUrl}/v1/unsubscribe/abc">x</a>`,
    '<a href="https://shop.example/Unsubscribe?u=1">x</a>',
    '<a href="https://shop.example/opt-out">x</a>',
    '<a href="mailto:help@shop.example">x</a>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="#top">x</a>',
    '<a href="/relative">x</a>',
    '<a name="here">x</a>',
    '<a clicktracking="off" href="https://shop.example/">x</a>',
    `<a href="https://shop.example/${'x'.repeat(3_000)}">x</a>`,
    '<abbr href="https://shop.example/">x</abbr>',
    '<link href="https://shop.example/style.css">',
  ])
    t.is(html(anchor), anchor);
});

test('tags that nobody closed cost no more than others', (t) => {
  const began = performance.now();
  for (const piece of ['<a ', "<a '", '<a "\'', '</body>', '</body ']) {
    const text = piece.repeat(240_000 / piece.length);
    t.true(html(text, { links: true, opens: true } as never)?.startsWith(text.slice(0, 200_000)), piece);
  }
  t.true(performance.now() - began < 10_000, 'each tag is looked through once, which would be many seconds for each piece otherwise');
});

test('nothing is tracked unless its app wants it, and nothing where nobody could follow it', (t) => {
  const content = { body: 'https://a.example/', url: 'https://a.example/', html: '<body><a href="https://a.example/">x</a></body>' };
  for (const tracking of [undefined, {}, { links: false, opens: false }]) t.deepEqual(track(content, { delivery, tracking }), content);
  t.deepEqual(trackLinksWith({ commands, publicUrl: undefined })(content, { delivery, tracking: { links: true, opens: true } }), content);
  const pixel = `<img src="${publicUrl}/v1/opens/open.gif" width="1" height="1" alt="">`;
  t.is(track(content, { delivery, tracking: { opens: true } }).html, `<body><a href="https://a.example/">x</a>${pixel}</body>`);
  t.is(track({ body: 'x', html: '<p>x' }, { delivery, tracking: { opens: true } }).html, `<p>x${pixel}`);
  t.like(track(content, { delivery, tracking: { links: true } }), {
    body: 'https://a.example/',
    url: `${publicUrl}/v1/links/1=${encodeURIComponent('https://a.example/')}`,
  });
});

test('an email of a template that is tracked has links that lead to their addresses and a picture, unless its request says otherwise', async (t) => {
  await using all = await startDeliveriesForTest(0, { publicUrl });
  const { work, app } = all;
  const ann = await work.person('ann');
  await work.commands.enrol({ person: ann, app }, work.by(ann));
  await confirmContact(work, { person: ann, kind: 'email', address: 'ann@example.org' });
  const email = { html: '<body><a href="https://shop.example/{{ number }}">Order</a></body>' };
  const version = { app, ...inEnglish({ body: 'Order {{ number }}', email }), tracking: { links: true, opens: true } };
  const { id: template } = await work.commands.publishTemplate(version, work.by(`app:${app}`));
  const asked = { recipients: [ann], channels: ['email'], content: undefined, template: { template }, parameters: { number: 7 } } as never as object;
  const plain = await all.request({ ...asked, tracking: { links: false, opens: false } });
  const followed = await all.request(asked);
  const [delivery] = (await all.untilEnded([plain, followed], { count: 2 })).filter(({ notification }) => notification === followed);
  const sent = (await work.outbox.list({ channel: 'email', limit: 10 })).filter(({ category }) => category === 'news');
  t.is(sent.find(({ notification }) => notification === plain)?.html, '<body><a href="https://shop.example/7">Order</a></body>');
  const { html: made = '' } = sent.find(({ notification }) => notification === followed) ?? {};
  const [, link = '', open = ''] =
    /^<body><a href="https:\/\/tidings\.example\/v1\/links\/([\w-]+)">Order<\/a><img src="https:\/\/tidings\.example\/v1\/opens\/([\w-]+)\.gif"/.exec(made) ??
    [];
  t.deepEqual(work.commands.linkIn(link), { delivery: delivery?.delivery as DeliveryId, link: 0, target: 'https://shop.example/7' });
  t.deepEqual(work.commands.openIn(open), { delivery: delivery?.delivery as DeliveryId });

  const data = { delivery: delivery?.delivery ?? '', link: 0, isMachine: false, at: work.clock() };
  await work.jobs.add(TRACKED_QUEUE, [{ id: 'while-the-log-was-away', data }]);
  await work.untilIdle();
  t.is((await all.deliveries(followed))[0]?.engagement.clicked, data.at, 'with the time at which it was followed');
});

test('what can’t be recorded yet waits again, however often', async (t) => {
  const added: { readonly id: string; readonly data: Job['data'] }[] = [];
  let isAway = true;
  const recorded: unknown[] = [];
  const handle = recordTrackedLater({
    commands: { recordTracked: async (command) => (isAway ? Promise.reject(new LogUnavailable('away')) : (recorded.push(command) as never)) },
    contextFor: () => ({ outcome: 'accepted', context: {} as never }),
    jobs: { add: async (_, [job]) => void (job !== undefined && added.push(job)) },
  });
  const data = { delivery, link: null, isMachine: true, at: '2026-07-01T09:30:00.000Z' };
  await handle({ id: 'one', data });
  for (let i = 0; i < 3; i++) await handle(added.at(-1) ?? { id: '', data });
  t.deepEqual(
    added.map(({ id }) => id),
    ['one+', 'one', 'one+', 'one'],
  );
  isAway = false;
  await handle({ id: 'one', data });
  t.deepEqual(recorded, [{ delivery, isMachine: true }]);
});
