/** Three people sign up and become friends; one registers a phone and an email address. */
import type { Page } from 'playwright-core';
import { call } from '../meeting.ts';
import { go, outbox, seen, type People, type TourContext } from './tour-context.ts';

const ADDRESS = 'bob@example.org';

export async function signUpAndBefriend({ people, step }: TourContext, operator: Page): Promise<People> {
  const ann = await step('Ann signs up', () => people.person('Ann'));
  const bob = await step('Bob signs up', () => people.person('Bob', { width: 360, height: 700, scheme: 'dark' }));
  const cleo = await step('Cleo signs up', () => people.person('Cleo', { width: 768, height: 900 }));

  await go(ann, 'People');
  for (const [name, friend] of [
    ['Bob', bob],
    ['Cleo', cleo],
  ] as const) {
    await step(`Ann asks ${name} to be friends, and ${name} accepts`, async () => {
      await ann.getByRole('searchbox').fill(`@${name.toLowerCase()}`);
      const found = ann.getByRole('search').getByRole('listitem').filter({ hasText: name });
      await found.getByRole('button', { name: 'Add friend' }).click();
      await found.getByText('Request sent').waitFor();
      await go(friend, 'People');
      const accept = friend.getByRole('button', { name: 'Accept' });
      await seen(friend, accept);
      await accept.click();
      await seen(friend, friend.getByRole('listitem').filter({ hasText: 'Ann' }).getByRole('button', { name: 'Message' }));
    });
  }

  await step('Bob registers his phone, and an email address that he confirms with the code in the outbox', async () => {
    // The app on his phone does so: no page is one.
    await call(bob, 'PUT', '/v1/me/devices/bobs-phone', { platform: 'fcm', token: 'token-of-bobs-phone' });
    await go(bob, 'Settings');
    await bob.getByRole('main').getByRole('link', { name: 'Notifications' }).click();
    const contacts = bob.getByRole('region', { name: 'Email and telephone' });
    await contacts.getByRole('button', { name: 'Add' }).first().click();
    await contacts.getByLabel('Email address').fill(ADDRESS);
    await contacts.getByRole('button', { name: 'Send a code' }).click();
    await contacts.getByText(ADDRESS).waitFor();
    const mail = await outbox(operator, 'Email', ADDRESS);
    const code = /\d{8}/.exec((await mail.first().locator('.body').textContent()) ?? '')?.[0] ?? '';
    await contacts.getByLabel('Code').fill(code);
    await contacts.getByRole('button', { name: 'Confirm' }).click();
    await contacts.getByLabel('Code').waitFor({ state: 'detached' });
    await seen(bob, contacts.getByText(ADDRESS));
  });
  return { ann, bob, cleo };
}
