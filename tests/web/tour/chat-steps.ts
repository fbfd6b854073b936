/** A direct channel: a message is read at once, two while the recipient is away cause one push, and they are there, in order and once, when he is back. */
import type { Page } from 'playwright-core';
import { pollUntil } from '../../client/expectations.ts';
import { go, outbox, type People, type TourContext } from './tour-context.ts';

const TEXTS = ['Are you awake?', 'The boat leaves at nine.', 'Bring the red jacket.'] as const;
const WITHIN_MS = 60_000;

const said = (page: Page, text: string) => page.getByRole('log').getByRole('article').filter({ hasText: text });
const write = async (page: Page, text: string) => {
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
  await page.getByRole('textbox', { name: 'Message', exact: true }).press('Enter');
};

export async function exchangeMessages({ t, step, people }: TourContext, { ann, bob }: People, operator: Page): Promise<void> {
  await step('Ann opens a direct channel with Bob', async () => {
    await go(ann, 'People');
    await ann.getByRole('searchbox').fill('@bob');
    await ann.getByRole('search').getByRole('listitem').filter({ hasText: 'Bob' }).getByRole('button', { name: 'Message' }).click();
    await ann.getByRole('heading', { name: 'Bob' }).waitFor();
  });

  await step('Ann writes while Bob is connected, who reads it', async () => {
    await write(ann, TEXTS[0]);
    await bob.getByRole('link', { name: 'Chat 1 unread message' }).click();
    await bob.getByRole('link', { name: new RegExp(`Ann.*${TEXTS[0].replace('?', '\\?')}`) }).click();
    await said(bob, TEXTS[0]).waitFor();
    await said(ann, TEXTS[0]).getByText('Read', { exact: true }).waitFor();
  });

  await step('Bob closes his page; Ann writes two more messages', async () => {
    await bob.goto('about:blank');
    for (const text of TEXTS.slice(1)) {
      await write(ann, text);
      await said(ann, text).getByText('Sent', { exact: true }).waitFor();
    }
  });

  await step('Nobody reads them, so Bob’s phone gets one push', async () => {
    // It tells the newest message that is unread by then.
    const pushes = await outbox(operator, 'Push', new RegExp(TEXTS.slice(1).join('|')));
    t.is(await pushes.count(), 1, 'there is at most one unread push a channel');
  });

  await step('Bob comes back and finds exactly what he missed', async () => {
    await bob.goto(people.front);
    await bob.getByRole('link', { name: 'Chat 2 unread messages' }).click();
    await bob.getByRole('link', { name: new RegExp(`Ann.*${TEXTS[2]}`) }).click();
    await said(bob, TEXTS[2]).waitFor();
    t.deepEqual(await textsOf(bob), [...TEXTS]);
    await said(ann, TEXTS[2]).getByText('Read', { exact: true }).waitFor();
    await pollUntil('nothing is unread', () => bob.getByRole('link', { name: 'Chat', exact: true }).isVisible(), WITHIN_MS);
    t.deepEqual(await textsOf(ann), [...TEXTS]);
  });
}

const textsOf = (page: Page): Promise<readonly string[]> => page.getByRole('log').locator('.text').allTextContents();
