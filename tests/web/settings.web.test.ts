/** A person's settings in the pages: each is set by clicking, and the server has it. */
import { TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { registerApp } from './app-of-a-test.ts';
import { testInBrowser } from './browser.ts';
import { accessibilityFaults, openPage, picture, startPages, type Pages } from './pages.ts';

const WITHIN_MS = 30_000;
const read = <Answer>(page: Page, path: string): Promise<Answer> =>
  page.evaluate(`fetch('${path}', { headers: { authorization: 'Bearer cookie' } }).then((answer) => answer.json())`);
const fits = (page: Page): Promise<boolean> => page.evaluate('document.documentElement.scrollWidth <= innerWidth');
const section = (page: Page, name: string) => page.getByRole('region', { name });

testInBrowser('what others see and learn of a person: name, picture, places, privacy, muted and blocked people', async (t) => {
  t.timeout(180_000);
  await using pages = await startPages(t);
  const ann = await pages.person('Ann Lee');
  const [bob, cy] = [await pages.person('Bob'), await pages.person('Cy')];
  await ann.getByRole('link', { name: 'Settings' }).click();
  await ann.getByRole('textbox', { name: 'Name' }).fill('안나 Lee');
  await ann.getByLabel('About you').fill('Tomatoes, mostly');
  await ann.getByRole('button', { name: 'Save' }).click();
  await section(ann, 'Profile').getByText('Saved.').waitFor();
  await ann.getByRole('link', { name: '안나 Lee' }).waitFor();
  await ann.locator('input[type=file]').setInputFiles({ name: 'me.svg', mimeType: 'image/png', buffer: ONE_COLOUR });
  await ann.getByRole('button', { name: 'Remove the picture' }).waitFor();
  t.is(await ann.locator('.own-picture img').count(), 1);
  await ann.getByRole('combobox', { name: 'Country' }).selectOption({ label: 'South Korea' });
  await ann.getByRole('combobox', { name: 'Time zone' }).selectOption('Asia/Seoul');
  await ann.getByRole('combobox', { name: 'Language of notifications' }).selectOption('ko');
  await section(ann, 'Language and region').getByText('Saved.').waitFor();
  t.deepEqual(await accessibilityFaults(ann), []);
  await picture(ann, 'settings-account-light');
  await ann.reload();
  await ann.getByRole('combobox', { name: 'Country' }).waitFor();
  t.like(await read(ann, '/v1/me'), { name: '안나 Lee', about: 'Tomatoes, mostly', country: 'KR', timeZone: 'Asia/Seoul', language: 'ko' });

  for (const [list, other] of [
    ['mutes', cy],
    ['blocks', bob],
  ] as const)
    await ann.evaluate(
      `fetch('/v1/me/${list}/${await other.evaluate<string>(`localStorage.getItem('tidings/person')`)}', { method: 'PUT', headers: { authorization: 'Bearer cookie', 'idempotency-key': crypto.randomUUID() } }).then(({ ok }) => { if (!ok) throw new Error('refused') })`,
    );
  await ann.getByRole('link', { name: 'Privacy' }).click();
  await ann.getByRole('checkbox', { name: 'Tell others what I have read' }).uncheck();
  await ann.getByRole('checkbox', { name: 'Let others find me by my name' }).uncheck();
  await ann.getByRole('combobox', { name: 'Who sees when I am online' }).selectOption('friends');
  await section(ann, 'What others see of you').getByText('Saved.').waitFor();
  await section(ann, 'Muted people').getByRole('button', { name: 'Unmute' }).click();
  await section(ann, 'Muted people').getByRole('button', { name: 'Mute again' }).waitFor();
  await section(ann, 'Blocked people').getByRole('button', { name: 'Unblock' }).click();
  await section(ann, 'Blocked people').getByRole('button', { name: 'Block again' }).click();
  await section(ann, 'Blocked people').getByRole('button', { name: 'Unblock' }).waitFor();
  t.deepEqual(await accessibilityFaults(ann), []);
  await picture(ann, 'settings-privacy-light');
  await ann.reload();
  await section(ann, 'Blocked people').getByText('Bob').waitFor();
  await section(ann, 'Muted people').getByText('Nobody.').waitFor();
  t.like(await read(ann, '/v1/me/privacy'), { readReceipts: false, presence: 'friends' });
  t.like(await read(ann, '/v1/me'), { findable: false });
  t.deepEqual(pages.faults, []);
});

testInBrowser('a password, an authenticator app, recovery codes, a key, and other sessions', async (t) => {
  t.timeout(240_000);
  await using pages = await startPages(t);
  const front = pages.front.replace('127.0.0.1', 'localhost'); // keys are made for a name
  const ann = await openPage(pages, `${front}/sign-up`, { serviceWorkers: 'block' });
  await signUp(ann, 'Ann');
  const phone = await openPage(pages, `${front}/log-in`, { width: 320, height: 640, scheme: 'dark' });
  await logIn(phone, 'violet staple horse');

  await ann.goto(`${front}/settings/security`);
  const password = section(ann, 'Password');
  await password.getByLabel('Current password').fill('something else');
  await password.getByLabel('New password').fill('a stable full of staples');
  await password.getByRole('button').click();
  await ann.getByText('The password is wrong.').waitFor();
  await section(ann, 'Where you are logged in').getByRole('button', { name: 'Log out', exact: true }).click();
  await ann.getByText('Logged out there.').waitFor();
  t.is(await section(ann, 'Where you are logged in').getByRole('listitem').count(), 1);
  await phone.getByRole('heading', { name: 'Log in' }).waitFor();
  await password.getByLabel('Current password').fill('violet staple horse');
  await password.getByRole('button').click();
  await ann.getByText('The password is changed.').waitFor();

  const factors = section(ann, 'Second factor');
  await factors.getByRole('button', { name: 'Add an authenticator app' }).click();
  await ann.getByLabel('Label').fill('My phone');
  await ann.getByRole('button', { name: 'Continue' }).click();
  await ann.getByRole('img', { name: 'QR code' }).waitFor();
  t.deepEqual(await accessibilityFaults(ann), []);
  await picture(ann, 'settings-qr-light');
  const totp = new TOTP({ secret: (await ann.locator('.secret').textContent())?.replaceAll(' ', '') ?? '' });
  await ann.getByLabel('Code', { exact: true }).fill(totp.generate());
  await ann.getByRole('button', { name: 'Confirm' }).click();
  await ann.locator('.codes code').first().waitFor();
  const [recovery = ''] = await ann.locator('.codes code').allTextContents();
  t.deepEqual(await accessibilityFaults(ann), []);
  await ann.getByRole('button', { name: 'I have saved them' }).click();
  await factors.getByText('My phone').waitFor();

  await addVirtualKey(ann);
  await factors.getByRole('button', { name: 'Add a security key' }).click();
  await ann.getByLabel('Label').fill('My key');
  await ann.getByRole('button', { name: 'Continue' }).click();
  await factors.getByText('My key').waitFor();
  await picture(ann, 'settings-security-light');

  await logIn(phone, 'a stable full of staples');
  await phone.getByLabel('Code', { exact: true }).fill(recovery);
  await phone.getByRole('button', { name: 'Confirm' }).click();
  await phone.locator('[data-write]').waitFor();
  await phone.goto(`${front}/settings/security`);
  await section(phone, 'Where you are logged in').getByText('This one').waitFor();
  t.true(await fits(phone));
  t.deepEqual(await accessibilityFaults(phone), []);
  await picture(phone, 'settings-security-dark-small');

  await ann.getByRole('button', { name: 'Log out', exact: true }).first().click();
  await logIn(ann, 'a stable full of staples');
  await ann.getByRole('button', { name: 'Use a security key' }).click();
  await ann.locator('[data-write]').waitFor();

  // What needs a recent login asks for the password, and for the second factor, and then does what was asked for.
  await ann.goto(`${front}/settings/security`);
  let refused = 0;
  await ann.route('**/v1/me/second-factors/*', (route) => (refused++ === 0 ? route.fulfill(NOT_RECENT) : route.continue()));
  await factors.getByRole('listitem').filter({ hasText: 'My phone' }).getByRole('button', { name: 'Remove' }).click();
  await ann.getByRole('dialog').getByLabel('Password').fill('a stable full of staples');
  await ann.getByRole('button', { name: 'Continue' }).click();
  await ann.getByRole('dialog').getByRole('button', { name: 'Use a security key' }).click();
  await factors.getByText('My phone').waitFor({ state: 'detached' });
  t.is(refused, 2);
  t.is(await section(ann, 'Where you are logged in').getByText('This one').count(), 1);
  t.deepEqual(faultsBut(pages, 401, 403), []);
});

testInBrowser('what a person is told, where and when: grid, quiet hours, digests, apps, and a contact that is confirmed', async (t) => {
  t.timeout(180_000);
  await using pages = await startPages(t);
  const ann = await pages.person('Ann', { width: 320, height: 640, locale: 'ko' });
  const shop = await registerApp(pages.front, 'Web shop');
  await shop.write.PUT('/v1/categories/{category}', {
    params: { path: { category: 'orders' } },
    body: { title: 'Orders', description: 'When an order is paid, sent and delivered.', language: 'en' },
  });
  await ann.evaluate(
    `fetch('/v1/me/apps/${shop.id}', { method: 'PUT', headers: { authorization: 'Bearer cookie', 'idempotency-key': crypto.randomUUID() } }).then(() => undefined)`,
  );
  await ann.goto(`${pages.front}/settings/notifications`);
  await ann.getByRole('checkbox', { name: 'Orders, SMS' }).uncheck();
  await ann
    .getByRole('checkbox', { name: '멘션, 푸시' })
    .or(ann.getByRole('checkbox', { name: 'Mentions, 푸시' }))
    .uncheck();
  await ann.getByRole('checkbox', { name: '방해 금지 시간 사용' }).check();
  await ann.getByLabel('시작').fill('23:30');
  await ann.getByRole('combobox', { name: 'Web shop: Orders' }).selectOption({ label: '첫 알림 60분 뒤' });
  await untilTold(ann, 'digests');
  t.true(await fits(ann));
  t.deepEqual(await accessibilityFaults(ann), []);
  await picture(ann, 'settings-notifications-ko-small');
  t.like(await read(ann, '/v1/me/preferences'), {
    choices: [
      { app: shop.id, category: 'orders', channel: 'sms', wanted: false },
      { category: 'mention', channel: 'push', wanted: false },
    ],
    digests: [{ app: shop.id, category: 'orders', channel: '*', rule: { kind: 'after-first', minutes: 60 } }],
  });
  await ann.reload();
  t.false(await ann.getByRole('checkbox', { name: 'Orders, SMS' }).isChecked());
  t.is(await ann.getByLabel('시작').inputValue(), '23:30');
  await ann.getByRole('button', { name: '선택을 모두 초기화' }).click();
  await ann.getByRole('button', { name: '선택을 모두 초기화' }).waitFor({ state: 'detached' });
  t.true(await ann.getByRole('checkbox', { name: 'Orders, SMS' }).isChecked());
  await ann.getByRole('button', { name: 'Web shop 알림 차단' }).click();
  await ann.getByRole('button', { name: 'Web shop 알림 다시 허용' }).waitFor();
  t.like(await read(ann, '/v1/me/preferences'), { apps: [], choices: [] });

  const contacts = section(ann, '이메일과 전화번호');
  await contacts.getByRole('button', { name: '추가' }).first().click();
  await contacts.getByLabel('이메일 주소').fill('ann@example.org');
  await contacts.getByRole('button', { name: '코드 보내기' }).click();
  await contacts.getByText('ann@example.org').waitFor();
  await contacts.getByLabel('코드').fill(await codeSent(pages));
  await contacts.getByRole('button', { name: '확인' }).click();
  await contacts.getByLabel('코드').waitFor({ state: 'detached' });
  t.like(await read(ann, '/v1/me/contacts'), { contacts: [{ kind: 'email', address: 'ann@example.org', confirmed: true }] });
  t.deepEqual(pages.faults, []);
});

testInBrowser('a person takes everything along, and leaves for good', async (t) => {
  t.timeout(180_000);
  await using pages = await startPages(t);
  const ann = await pages.person('Ann');
  await ann.goto(`${pages.front}/settings/data`);
  await ann.getByRole('button', { name: 'Export everything of mine' }).click();
  const download = ann.getByRole('link', { name: 'Download' });
  await download.waitFor({ timeout: 2 * WITHIN_MS });
  t.deepEqual(await accessibilityFaults(ann), []);
  await picture(ann, 'settings-data-light');
  const archive = await fetch(new URL((await download.getAttribute('href')) ?? '', pages.front));
  t.is(
    Buffer.from(await archive.arrayBuffer())
      .subarray(0, 2)
      .toString(),
    'PK',
  );
  await ann.getByRole('button', { name: 'Delete', exact: true }).click();
  await ann.getByText('deleted').waitFor();

  await ann.getByRole('button', { name: 'Delete my account' }).click();
  await ann.getByRole('dialog').getByLabel('Name').fill('Anna');
  await ann.getByRole('button', { name: 'Delete for good' }).click();
  await ann.getByText('That isn’t your name.').waitFor();
  await ann.getByRole('dialog').getByLabel('Name').fill('Ann');
  await ann.getByRole('button', { name: 'Delete for good' }).click();
  await ann.getByRole('heading', { name: 'Log in' }).waitFor();
  await ann.getByLabel('Login name').fill('ann');
  await ann.getByLabel('Password').fill('violet staple horse');
  await ann.getByRole('button', { name: 'Log in' }).click();
  await ann.getByText('The login name or the password is wrong.').waitFor();
  t.deepEqual(faultsBut(pages, 401), []);
});

const NOT_RECENT = {
  status: 403,
  contentType: 'application/problem+json',
  body: JSON.stringify({ code: 'login-not-recent', status: 403, detail: 'You logged in more than 15 minutes ago.' }),
};
/** A PNG of one pixel. */
const ONE_COLOUR = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

/** Browsers write down each answer that is no success. */
const faultsBut = ({ faults }: Pages, ...statuses: readonly number[]) =>
  faults.filter((fault) => !statuses.some((status) => fault.includes(`status of ${status}`)));

async function signUp(page: Page, name: string): Promise<void> {
  await page.locator('input[name=name]').fill(name);
  await page.locator('input[name=loginName]').fill(name.toLowerCase());
  await page.locator('input[name=password]').fill('violet staple horse');
  await page.locator('form button[type=submit]').click();
  await page.locator('[data-write]').waitFor();
}

async function logIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('Login name').fill('ann');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByLabel('Login name').waitFor({ state: 'detached' });
}

/** A key that is touched whenever it is asked. */
async function addVirtualKey(page: Page): Promise<void> {
  const debug = await page.context().newCDPSession(page);
  await debug.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'usb', hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } as const;
  await debug.send('WebAuthn.addVirtualAuthenticator', { options });
}

async function untilTold(page: Page, what: 'digests'): Promise<void> {
  const giveUpAt = performance.now() + WITHIN_MS;
  for (;;) {
    const preferences = await read<Readonly<Record<typeof what, readonly unknown[]>>>(page, '/v1/me/preferences');
    if (preferences[what].length > 0) return;
    if (performance.now() > giveUpAt) throw new Error(`No ${what} were told.`);
  }
}

/** What a person reads in their mail. */
async function codeSent({ ops }: Pages): Promise<string> {
  const giveUpAt = performance.now() + WITHIN_MS;
  while (performance.now() < giveUpAt) {
    const { messages } = (await (await fetch(`${ops}/outbox/outbox.json?channel=email`)).json()) as { readonly messages: readonly { readonly body: string }[] };
    const code = messages.map(({ body }) => /\d{8}/.exec(body)?.[0]).find((found) => found !== undefined);
    if (code !== undefined) return code;
  }
  throw new Error('No code was sent.');
}
