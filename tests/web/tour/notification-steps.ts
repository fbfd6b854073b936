/** An app notifies a person by push and email, until the person opts out. */
import type { Page } from 'playwright-core';
import { pollUntil } from '../../client/expectations.ts';
import { registerApp, type AppOfATest } from '../app-of-a-test.ts';
import { call, idOf } from '../meeting.ts';
import { openPage } from '../pages.ts';
import { go, outbox, seen, type People, type TourContext } from './tour-context.ts';

const BODY = 'Boarding at gate 3.';
const CHANNELS = ['Push', 'Email', 'Here'] as const;
const WITHIN_MS = 60_000;

export async function notifyThroughApp(context: TourContext, { bob }: People, operator: Page): Promise<void> {
  const { t, step, people, ops, adminToken } = context;
  const recipient = await idOf(bob);
  const ferry = await step('The operator registers the app Ferry, and Bob enrols with it', async () => {
    const app = await registerApp(people.front, 'Ferry', adminToken);
    const category = { title: 'Departures', description: 'When a ferry leaves, and from where.', language: 'en' };
    await app.write.PUT('/v1/categories/{category}', { params: { path: { category: 'departures' } }, body: category });
    await call(bob, 'PUT', `/v1/me/apps/${app.id}`); // as on the app's own page
    await openNotificationSettings(bob);
    await seen(bob, bob.getByRole('checkbox', { name: 'Departures, Push' }));
    return app;
  });

  await step('Ferry notifies Bob: a push and an email are in the outbox, and it stands in his notification centre', async () => {
    await notify(ferry, recipient);
    await bob
      .getByRole('banner')
      .getByRole('link', { name: /unread notification/ })
      .click();
    const received = bob.getByRole('listitem').filter({ hasText: BODY }).getByText('Ferry').first();
    const arrived = bob.getByRole('button', { name: /new notification/ }); // where the list was there before
    await seen(bob, received.or(arrived));
    if (await arrived.isVisible()) await arrived.click();
    await received.waitFor();
    for (const channel of ['Push', 'Email'] as const) t.is(await (await outbox(operator, channel, BODY)).count(), 1);
  });

  await step('Bob opts out of departures; the next notification is suppressed, and the operator’s page says why', async () => {
    await openNotificationSettings(bob);
    for (const channel of CHANNELS) await bob.getByRole('checkbox', { name: `Departures, ${channel}` }).uncheck();
    await pollUntil('the server has it', async () => (await preferencesOf(bob)).choices.filter(({ wanted }) => !wanted).length === CHANNELS.length, WITHIN_MS);
    const id = await notify(ferry, recipient);
    await pollUntil('all its deliveries were suppressed', () => isSuppressed(ferry, id), WITHIN_MS);
    const suppressed = await searchDeliveries(await openPage(people, `${ops}/operator/deliveries`), { adminToken, recipient });
    await pollUntil('the operator sees it', async () => (await suppressed()) === CHANNELS.length, WITHIN_MS);
    await bob
      .getByRole('banner')
      .getByRole('link', { name: /^Notifications/ })
      .click();
    await bob.getByRole('listitem').filter({ hasText: BODY }).first().waitFor();
    t.is(await bob.getByRole('listitem').filter({ hasText: BODY }).count(), 1);
  });
}

async function openNotificationSettings(page: Page): Promise<void> {
  await go(page, 'Settings');
  await page.getByRole('main').getByRole('link', { name: 'Notifications' }).click();
}

async function notify(app: AppOfATest, recipient: string): Promise<string> {
  const content = { title: 'Ferry', body: BODY };
  const { data } = await app.write.POST('/v1/notifications', {
    body: { recipients: [recipient], category: 'departures', channels: ['push', 'email', 'in-app'], content },
  });
  return String(data?.id);
}

async function isSuppressed(app: AppOfATest, notification: string): Promise<boolean> {
  const { data } = await app.read.GET('/v1/notifications/{notification}', { params: { path: { notification } } });
  const deliveries = data?.deliveries ?? [];
  return deliveries.length === CHANNELS.length && deliveries.every(({ status, reason }) => status === 'suppressed' && reason === 'opted-out');
}

type Preferences = { readonly choices: readonly { readonly wanted: boolean }[] };
const preferencesOf = (page: Page): Promise<Preferences> => call(page, 'GET', '/v1/me/preferences');

type Looking = { readonly adminToken: string; readonly recipient: string };

/** Searches by clicking, again at each call, and counts what the person had opted out of. */
async function searchDeliveries(page: Page, { adminToken, recipient }: Looking): Promise<() => Promise<number>> {
  await page.locator('input[name=token]').fill(adminToken);
  await page.locator('form button[type=submit]').click();
  const search = page.getByRole('search');
  await search.getByRole('textbox', { name: 'Id of the person' }).fill(recipient);
  return async () => {
    await search.getByRole('button', { name: 'Search' }).click();
    await page.locator('summary').first().waitFor();
    return page.locator('summary').filter({ hasText: 'departures · opted-out' }).count();
  };
}
