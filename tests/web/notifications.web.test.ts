/** A person's notification centre in the pages: what comes, how it is marked, and where it leads. */
import type { Page } from 'playwright-core';
import { registerApp, type AppOfATest } from './app-of-a-test.ts';
import { testInBrowser } from './browser.ts';
import { article, call, meet } from './meeting.ts';
import { accessibilityFaults, picture, startPages } from './pages.ts';

/** A page has been told of a post; where it takes longer, it is no news to the page’s first answer. */
const TOLD_WITHIN_MS = 1_500;

const idOf = (page: Page): Promise<string> => page.evaluate(`localStorage.getItem('tidings/person')`);
const fits = (page: Page): Promise<boolean> => page.evaluate('document.documentElement.scrollWidth <= innerWidth');

/** As the person's own pages do it. */
const allow = (page: Page, app: string): Promise<void> =>
  page.evaluate(
    `fetch('/v1/me/apps/${app}', { method: 'PUT', headers: { authorization: 'Bearer cookie', 'idempotency-key': crypto.randomUUID() } }).then(({ ok }) => { if (!ok) throw new Error('not allowed') })`,
  );

const notify = async (app: AppOfATest, person: string, content: { readonly title: string; readonly body: string; readonly url?: string }): Promise<void> =>
  void (await app.write.POST('/v1/notifications', { body: { recipients: [person], category: 'orders', channels: ['in-app'], content } }));

testInBrowser('a person sees what comes, reads, archives, takes back, and is led to what it is about', async (t) => {
  t.timeout(180_000);
  await using pages = await startPages(t);
  const ann = await pages.person('Ann Lee');
  const shop = await registerApp(pages.front, 'Web shop');
  await allow(ann, shop.id);
  const me = await idOf(ann);
  await ann.getByRole('link', { name: 'Notifications' }).click();
  await ann.getByText('Nothing here yet').waitFor();
  t.deepEqual(await accessibilityFaults(ann), []);

  await notify(shop, me, { title: 'Order 1', body: 'It is on its way.', url: 'https://shop.example.org/orders/1' });
  await ann.getByRole('link', { name: '1 unread notification' }).waitFor();
  await ann.getByRole('button', { name: '1 new notification' }).click();
  for (const order of ['Order 2', 'Order 3']) await notify(shop, me, { title: order, body: 'Paid. 주문이 결제되었습니다. 🎉' });
  await ann.getByRole('button', { name: '2 new notifications' }).click();
  const row = (name: string) => ann.getByRole('listitem').filter({ hasText: name });
  await row('Order 3').waitFor();
  t.deepEqual(await ann.locator('.notification-title').allTextContents(), ['Order 3', 'Order 2', 'Order 1']);
  t.deepEqual(await accessibilityFaults(ann), []);
  await picture(ann, 'notifications-light');

  await row('Order 2').getByRole('button', { name: 'Mark as read' }).click();
  await ann.getByRole('link', { name: '2 unread notifications' }).waitFor();
  await row('Order 2').getByRole('button', { name: 'Mark as unread' }).click();
  await ann.getByRole('link', { name: '3 unread notifications' }).waitFor();

  await row('Order 3').getByRole('button', { name: 'Archive' }).click();
  await ann.getByText('Archived.').waitFor();
  t.is(await ann.evaluate('document.activeElement.textContent'), 'Undo');
  await ann.getByRole('button', { name: 'Undo' }).click();
  await row('Order 3').getByRole('button', { name: 'Archive' }).click();
  await ann.getByRole('button', { name: 'Archive', pressed: false }).first().click();
  await row('Order 3').getByRole('button', { name: 'Take out of the archive' }).waitFor();
  t.is(await ann.locator('.notification-title').count(), 1);
  t.deepEqual(await accessibilityFaults(ann), []);

  const link = ann.getByRole('link', { name: 'Order 1' });
  await ann.getByRole('button', { name: 'All', exact: true }).click();
  t.is(await link.getAttribute('href'), 'https://shop.example.org/orders/1');
  t.is(await link.getAttribute('rel'), 'noopener noreferrer');

  await ann.getByRole('button', { name: 'Mark all as read' }).click();
  await ann.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
  await ann.getByRole('button', { name: 'Unread', exact: true }).click();
  await ann.getByText('You have read everything').waitFor();
  await ann.reload();
  await ann.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
  t.is(await ann.locator('.notification.unread').count(), 0, 'the server has it too');
  t.deepEqual(pages.faults, []);
});

testInBrowser('a mention leads to its post; what is refused is undone with the reason; two tabs and a small screen', async (t) => {
  t.timeout(180_000);
  await using pages = await startPages(t);
  const ann = await pages.person('Ann', { width: 320, height: 640, scheme: 'dark', serviceWorkers: 'block' });
  const bob = await pages.person('Bob');
  const other = await ann.context().newPage();
  await other.goto(`${pages.front}/notifications`);
  await other.getByText('Nothing here yet').waitFor();

  await bob.getByRole('textbox', { name: 'Write a post' }).fill('Tomatoes for @ann');
  await bob.getByRole('button', { name: 'Publish', exact: true }).click();
  await ann.getByRole('link', { name: '1 unread notification' }).click();
  const mention = ann.getByRole('listitem').filter({ hasText: 'Bob' });
  await mention.waitFor();
  t.true(await fits(ann));
  t.deepEqual(await accessibilityFaults(ann), []);
  await picture(ann, 'notifications-dark-small');

  await ann.route('**/v1/me/notifications/*/archived', (route) =>
    route.fulfill({
      status: 403,
      contentType: 'application/problem+json',
      body: JSON.stringify({ code: 'forbidden', status: 403, detail: 'Not now, please.' }),
    }),
  );
  await mention.getByRole('button', { name: 'Archive' }).click();
  await ann.getByText('Not now, please.').waitFor();
  await mention.getByRole('link').click();
  await ann.getByText('Tomatoes for').waitFor();
  t.regex(ann.url(), /\/posts\//);

  await other.getByRole('button', { name: '1 new notification' }).click();
  await other.getByRole('listitem').filter({ hasText: 'Bob' }).getByRole('button', { name: 'Mark as unread' }).waitFor(); // read in the other tab
  await other.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
  t.deepEqual(
    pages.faults.filter((fault) => !/status of 403/.test(fault)),
    [],
  );
});

/** The answer to the next such request is read and kept back; others pass. */
async function holdAnswer(page: Page, url: string) {
  const [read, passing] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await page.route(
    url,
    async (route) => {
      const response = await route.fetch();
      read.resolve();
      await passing.promise;
      await route.fulfill({ response });
    },
    { times: 1 },
  );
  return { read: read.promise, pass: passing.resolve };
}

testInBrowser('what comes while the first page is on its way is not lost, in the centre and in the feed', async (t) => {
  t.timeout(120_000);
  const { pages, ann, bob } = await meet(t, { serviceWorkers: 'block' }); // Bob follows Ann
  await using _ = pages;
  const shop = await registerApp(pages.front, 'Web shop');
  await allow(bob, shop.id);
  const me = await idOf(bob);
  const centre = await holdAnswer(bob, '**/v1/me/notifications?*');
  await bob.getByRole('link', { name: 'Notifications' }).click();
  await centre.read;
  await notify(shop, me, { title: 'Order 1', body: 'It is on its way.' });
  await bob.getByRole('link', { name: '1 unread notification' }).waitFor();
  centre.pass();
  await bob.getByRole('button', { name: '1 new notification' }).click();
  await bob.getByRole('listitem').filter({ hasText: 'Order 1' }).waitFor();

  const feed = await holdAnswer(bob, '**/v1/me/feed?*');
  await bob.goto(pages.front);
  await feed.read;
  await call(ann, 'POST', '/v1/me/feed', { text: 'Just now' });
  await bob.waitForTimeout(TOLD_WITHIN_MS);
  feed.pass();
  await bob.getByRole('button', { name: '1 new post' }).click();
  await article(bob, 'Just now').waitFor();
  t.deepEqual(pages.faults, []);
});
