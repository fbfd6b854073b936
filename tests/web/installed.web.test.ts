/** Pages that are installed: shown while there is no server, new after an update, and woken by pushes, which are their person's alone. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import webPush from 'web-push';
import { assetOf, bundlePages, type Pages as Bundle } from '../../front/bundle.ts';
import { loadNamedFiles } from '../../front/named-files.ts';
import { servePages } from '../../front/serve-pages.ts';
import { attemptOf } from '../../ports/sender/contract.ts';
import type { Attempt } from '../../ports/sender/port.ts';
import type { WebPushAccount } from '../../ports/sender/web-push/account.ts';
import { webPushRequestOf } from '../../ports/sender/web-push/request.ts';
import { startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { subscribeBrowser, type Browser } from '../vendors/web-push.ts';
import { testInBrowser } from './browser.ts';
import { accessibilityFaults, peopleInBrowsers, picture, startPages } from './pages.ts';

const WITHIN_MS = 30_000;
/** What a push that nobody is to see has time for. */
const SHOWN_WITHIN_MS = 1_000;

testInBrowser('what was read is shown while the server is away, also after a reload, and to nobody after a log-out', async (t) => {
  t.timeout(240_000);
  await using folder = await temporaryFolder();
  let tidings = await startTidingsForTest(folder.path, { TIDINGS_FRONT_PORT: '0' });
  const front = String(tidings.urls.front);
  await using people = await peopleInBrowsers(t, front);
  const ann = await people.person('Ann');
  await isControlled(ann);
  await ann.getByRole('textbox', { name: 'Write a post' }).fill('The first tomatoes are ripe');
  await ann.getByRole('button', { name: 'Publish', exact: true }).click();
  await ann.getByRole('article').getByText('The first tomatoes').waitFor();
  await ann.reload();
  await ann.getByRole('article').getByText('The first tomatoes').waitFor();
  await ann.getByRole('link', { name: 'Notifications' }).click();
  await ann.getByText('Nothing here yet').waitFor();
  await ann.goto(front);
  await ann.getByRole('article').getByText('The first tomatoes').waitFor();

  await tidings[Symbol.asyncDispose]();
  await ann.reload();
  await ann.getByRole('article').getByText('The first tomatoes').waitFor();
  await ann.getByText('The server can’t be reached. You see what you read last.').waitFor();
  t.is(await ann.evaluate("fetch('/v1/me').then(({ status, headers }) => status + ' ' + headers.get('date'))"), '200 null', 'it tells no time of long ago');
  t.deepEqual(await accessibilityFaults(ann), []);
  await picture(ann, 'offline-light');
  await ann.getByRole('link', { name: 'Notifications' }).click(); // a part of the pages that is loaded late
  await ann.getByText('Nothing here yet').waitFor();
  const kept = () => ann.evaluate<readonly string[]>('caches.keys()');
  t.true((await kept()).some((name) => name.startsWith('tidings/read/')));

  const again = () => startTidingsForTest(folder.path, { TIDINGS_FRONT_PORT: new URL(front).port });
  tidings = await again();
  await ann.getByText('The server can’t be reached. You see what you read last.').waitFor({ state: 'detached' });

  await tidings[Symbol.asyncDispose]();
  await ann.getByRole('button', { name: 'Log out' }).click();
  await ann.getByRole('heading', { name: 'Log in' }).waitFor();
  t.deepEqual(
    (await kept()).filter((name) => !name.startsWith('tidings/pages/')),
    [],
    'nothing of hers is left',
  );
  t.is((await ann.context().cookies()).length, 1, 'no script can take it away');
  tidings = await again();
  await using _last = tidings;
  await ann.goto(front);
  await ann.getByRole('heading', { name: 'Log in' }).waitFor();
  t.deepEqual(await ann.context().cookies(), [], 'the log-out is finished');
  t.deepEqual(
    people.faults.filter(
      (fault) => !/ERR_CONNECTION_REFUSED|ERR_FAILED|WebSocket|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_INCOMPLETE|status of (401|50[234])/.test(fault),
    ),
    [],
  );
});

testInBrowser(
  'after an update an open tab has all of its parts, a new load is of the new version, and the old one is kept no longer than its tabs',
  async (t) => {
    t.timeout(120_000);
    const first = await bundlePages();
    const second = asNextVersion(first);
    let served = { ...first, named: await loadNamedFiles(first) };
    const server = createServer((request, response) => servePages(served, (request.url ?? '/').split('?')[0] ?? '/', request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const front = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await using people = await peopleInBrowsers(t, front);
    try {
      const manifest = (await (await fetch(`${front}/manifest.json`)).json()) as { readonly icons: readonly { readonly src: string }[] };
      for (const { src } of manifest.icons) t.is((await fetch(front + src)).headers.get('content-type'), 'image/png');
      const tab = await people.visit();
      await isControlled(tab);
      const late = [...first.assets.keys()].find((path) => !second.assets.has(path)) ?? '';
      served = { ...second, named: await loadNamedFiles(second) };
      t.is((await fetch(front + late)).status, 404, 'the server has it no more');
      t.is(await tab.evaluate(`fetch('${late}').then(({ status }) => status)`), 200);
      const other = await tab.context().newPage();
      await other.goto(front);
      t.is(await other.evaluate('globalThis.pagesVersion'), 2);
      t.is(await tab.evaluate('globalThis.pagesVersion'), undefined);
      const versions = (page: Page) =>
        page.evaluate<readonly string[]>(`caches.keys().then((names) => names.filter((name) => name.startsWith('tidings/pages/')))`);
      await until(t, async () => (await versions(other)).length === 2, 'the new version is kept beside the old one');
      await tab.close();
      // The browser changes over once no page of the old version is left, and not before it has seen so: a page that comes back at once is of the old one.
      const comeBack = async () => {
        await other.goto('about:blank');
        await delay(500);
        await other.goto(front);
        return (await versions(other)).length === 1;
      };
      await until(t, comeBack, 'the old version has gone with its tabs');
      t.deepEqual(people.faults, []);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
);

testInBrowser('a push is shown, leads to what it tells of, and reads it; after a log-out none is shown, to whoever comes next either', async (t) => {
  t.timeout(240_000);
  const { publicKey, privateKey } = webPush.generateVAPIDKeys();
  const account = { name: 'web-push', subject: 'mailto:push@example.org', publicKey, privateKey };
  const browser = subscribeBrowser('https://push.example.org/send/ann');
  await using pages = await startPages(t, {
    TIDINGS_SENDERS: 'web-push',
    TIDINGS_WEB_PUSH_SUBJECT: account.subject,
    TIDINGS_WEB_PUSH_PUBLIC_KEY: publicKey,
    TIDINGS_WEB_PUSH_PRIVATE_KEY: privateKey,
  });
  const ann = await pages.person('Ann');
  const bob = await pages.person('Bob', { serviceWorkers: 'block' });
  await ann.context().grantPermissions(['notifications'], { origin: pages.front });
  await ann.addInitScript(pushServiceOf(browser.subscription));
  await isControlled(ann);
  await ann.goto(`${pages.front}/settings/notifications`);
  await ann.getByRole('checkbox', { name: 'Push to this browser' }).check();
  await ann.getByText('Saved.').waitFor();
  await ann.reload();
  await until(t, () => ann.getByRole('checkbox', { name: 'Push to this browser' }).isChecked(), 'it is still on');
  await picture(ann, 'settings-push-light');

  await bob.getByRole('textbox', { name: 'Write a post' }).fill('Tomatoes for @ann');
  await bob.getByRole('button', { name: 'Publish', exact: true }).click();
  await ann.getByRole('link', { name: '1 unread notification' }).waitFor();
  t.like(await read(ann, '/v1/me/devices'), { devices: [{ platform: 'web' }] });
  const { notifications } = await read<{ readonly notifications: readonly [Told] }>(ann, '/v1/me/notifications');
  const payload = pushOf(notifications[0], { account, browser });
  const deliver = await pushDeliverer(ann, pages.front);
  await until(t, () => deliveredAndShown(ann, () => deliver(payload)), 'it is shown');
  t.like((await shown(ann))[0], { title: 'Bob', body: 'mentioned you' });
  const [worker] = ann.context().serviceWorkers();
  // Nobody can click outside the page here. An event of a script's own can't be waited for, which is said, and does the same.
  await worker?.evaluate(
    `registration.getNotifications().then(([notification]) => void self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action: '' })))`,
  );
  await ann.getByText('Tomatoes for').waitFor();
  t.regex(ann.url(), /\/posts\//);
  t.is((await shown(ann)).length, 0);
  await ann.getByRole('link', { name: 'Notifications', exact: true }).waitFor(); // it is read
  await deliver('{"of":"somebody else"}');
  await deliver('no JSON');

  await ann.getByRole('button', { name: 'Log out' }).click();
  await ann.getByRole('heading', { name: 'Log in' }).waitFor();
  t.is(await ann.evaluate(`localStorage.getItem('test/subscribed')`), null, 'the subscription has ended');
  await deliver(payload);
  await ann.waitForTimeout(SHOWN_WITHIN_MS);
  t.deepEqual(await shown(ann), []);
  await ann.getByLabel('Login name').fill('bob');
  await ann.getByLabel('Password').fill('violet staple horse');
  await ann.getByRole('button', { name: 'Log in' }).click();
  await ann.locator('[data-write]').waitFor();
  await deliver(payload);
  await ann.waitForTimeout(SHOWN_WITHIN_MS);
  t.deepEqual(await shown(ann), []);
  t.deepEqual(pages.faults, []);
});

const isControlled = (page: Page): Promise<unknown> =>
  page.evaluate(
    'new Promise((resolve) => { const look = () => (navigator.serviceWorker.controller === null ? setTimeout(look, 50) : resolve(true)); look(); })',
  );

const read = <Answer>(page: Page, path: string): Promise<Answer> =>
  page.evaluate(`fetch('${path}', { headers: { authorization: 'Bearer cookie' } }).then((answer) => answer.json())`);

type Told = { readonly content: { readonly title: string; readonly body: string }; readonly data: Attempt['data'] };

/** What a browser has of a push that we send, once it has decrypted it. */
function pushOf({ content, data }: Told, { account, browser }: { readonly account: WebPushAccount; readonly browser: Browser }): string {
  const attempt = { ...attemptOf('push', 'a-delivery', AbortSignal.timeout(WITHIN_MS)), content, data };
  const message = webPushRequestOf(attempt, JSON.stringify(browser.subscription), account);
  if ('refused' in message) throw new Error(message.refused);
  return browser.decrypt(message.body);
}

const shown = (page: Page): Promise<readonly { readonly title: string; readonly body: string }[]> =>
  page.evaluate(
    'navigator.serviceWorker.ready.then((registration) => registration.getNotifications()).then((all) => all.map(({ title, body }) => ({ title, body })))',
  );

/** A worker that takes long to wake may miss what the debugger delivers, as no push service would let it. A second one takes the place of the first. */
async function deliveredAndShown(page: Page, deliver: () => Promise<void>): Promise<boolean> {
  await deliver();
  await page.waitForTimeout(SHOWN_WITHIN_MS);
  return (await shown(page)).length === 1;
}

async function until(t: { readonly fail: (message: string) => void }, holds: () => Promise<boolean>, what: string): Promise<void> {
  const giveUpAt = performance.now() + WITHIN_MS;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) return t.fail(`It never came to this: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Every file but the style and the icon is another one, by its name too. */
function asNextVersion({ document, assets }: Bundle): Bundle {
  const main = [...assets.keys()].find((path) => path.includes('/main-')) ?? '';
  const next = main.replace('/main-', '/main-next-');
  const script = assetOf('main.js', Buffer.from(`globalThis.pagesVersion = 2;\n${assets.get(main)?.body.toString()}`));
  const html = document.body.toString().replace(main, next);
  return { document: assetOf('index.html', Buffer.from(html)), assets: new Map([...[...assets].filter(([path]) => path !== main), [next, script]]) };
}

/** In place of the browser's push service, which is out of reach here: a subscription of the test's, for as long as it isn't ended. */
const pushServiceOf = (subscription: object): string => `
  const place = 'test/subscribed';
  const bytesOf = (key) => Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0)).buffer;
  const made = () => localStorage.getItem(place) === null ? null : {
    options: { applicationServerKey: bytesOf(localStorage.getItem(place)) },
    toJSON: () => (${JSON.stringify(subscription)}),
    unsubscribe: async () => { localStorage.removeItem(place); return true; },
  };
  PushManager.prototype.getSubscription = async () => made();
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => { localStorage.setItem(place, applicationServerKey); return made(); };
`;

async function pushDeliverer(page: Page, origin: string): Promise<(data: string) => Promise<void>> {
  const debug = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) =>
    debug.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [registration] }) => registration && resolve(registration.registrationId)),
  );
  await debug.send('ServiceWorker.enable');
  const registrationId = await registered;
  return async (data) => void (await debug.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data }));
}
