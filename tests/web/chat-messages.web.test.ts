/** What messages are made of, and what one does with them: by clicking, and by the keyboard alone. */
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { pollUntil } from '../client/expectations.ts';
import { testInBrowser } from './browser.ts';
import { call, idOf, look, ownFaults, until } from './meeting.ts';
import { startPages, type Pages } from './pages.ts';

const log = (page: Page) => page.getByRole('log');
const field = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
const said = (page: Page, text: string) =>
  log(page)
    .getByRole('article')
    .filter({ has: page.locator('.text', { hasText: text }) })
    .last();
const say = async (page: Page, text: string) => {
  await field(page).fill(text);
  await field(page).press('Enter');
};
/** What is typed is drawn a moment after the key. */
const holds = (page: Page, text: string) => pollUntil(`the field holds ‘${text}’`, async () => (await field(page).inputValue()) === text, 30_000);
const choose = async (page: Page, text: string, item: string) => {
  await said(page, text).hover();
  await said(page, text).getByRole('button', { name: 'What to do with this message' }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
};
const isReadByAll = async (page: Page, text: string) => {
  await choose(page, text, 'Who has read it');
  for (const told of ['Read by 1 of 1', 'Delivered to 1 of 1']) await page.getByRole('dialog').getByText(told, { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
};

/** Ann, Bob and Cho in a group, which Ann and Bob have open. */
async function meetInGroup(pages: Pages) {
  const ann = await pages.person('Ann Lee');
  const bob = await pages.person('Bob', { width: 320, height: 640, scheme: 'dark' });
  const group = await groupOf(ann, [bob], 'Choir');
  for (const page of [ann, bob]) await page.goto(`${pages.front}/chat/${group}`);
  await Promise.all([ann, bob].map((page) => field(page).waitFor()));
  return { ann, bob, group };
}

async function groupOf(owner: Page, others: readonly Page[], title: string): Promise<string> {
  const { id } = await call<{ id: string }>(owner, 'POST', '/v1/channels', { kind: 'group', members: [], title });
  const { token } = await call<{ token: string }>(owner, 'POST', `/v1/channels/${id}/links`, {});
  for (const other of others) await call(other, 'POST', '/v1/me/joined-links', { token });
  return id;
}

testInBrowser('words are marked up, mention people, are answered, quoted, reacted to, edited, pinned and withdrawn', async (t) => {
  t.timeout(180_000);
  await using pages = await startPages(t);
  const { ann, bob } = await meetInGroup(pages);

  await field(ann).pressSequentially('**Rehearsal** at _eight_, ||secret|| `code` https://example.org/choir, @bo');
  await ann.getByRole('option', { name: 'Bob' }).waitFor();
  await look(t, ann, 'chat-mention-light');
  await field(ann).press('Enter');
  await field(ann).press('Enter');
  const first = said(bob, 'Rehearsal');
  await first.locator('strong').getByText('Rehearsal').waitFor();
  t.is(await first.locator('em').textContent(), 'eight');
  t.is(await first.locator('code').textContent(), 'code');
  t.is(await first.locator('.own-mention').textContent(), '@Bob');
  const link = first.getByRole('link', { name: 'https://example.org/choir' });
  t.deepEqual([await link.getAttribute('target'), await link.getAttribute('rel')], ['_blank', 'noopener noreferrer nofollow']);
  t.false(await first.getByText('secret').isVisible());
  await first.getByRole('button', { name: 'Hidden text: show it' }).click();
  t.true(await first.getByText('secret').isVisible());
  t.is(await first.locator('b, script').count(), 0);

  await say(ann, '<b>not bold</b> **\n> quoted\n```ts\nconst a = 1;\n```');
  await said(bob, '<b>not bold</b>').locator('pre').getByText('const a = 1;').waitFor();
  t.is(await said(bob, '<b>not bold</b>').locator('blockquote').textContent(), 'quoted');

  await said(ann, '<b>not bold</b>').getByText('Read', { exact: true }).waitFor();
  await isReadByAll(ann, '<b>not bold</b>'); // which the log learns seconds later
  await choose(bob, 'Rehearsal', 'Reply');
  await say(bob, 'I will be late');
  await said(ann, 'I will be late').getByRole('button', { name: 'Ann Lee Rehearsal at eight' }).waitFor();
  await said(ann, 'I will be late').hover();
  await said(ann, 'I will be late').getByRole('button', { name: 'React' }).click();
  await look(t, ann, 'chat-emoji-light');
  await ann.getByRole('dialog').getByRole('button', { name: '👍' }).click();
  await said(bob, 'I will be late')
    .getByRole('button', { name: /, 1 person$/ })
    .click();
  await said(ann, 'I will be late')
    .getByRole('button', { name: /, 2 people$/, pressed: true })
    .waitFor();

  await say(ann, 'See you at **nine**');
  await said(ann, 'See you at nine').getByText('Read', { exact: true }).waitFor(); // what is on its way can’t be edited yet
  await field(ann).press('ArrowUp');
  await holds(ann, 'See you at **nine**');
  await field(ann).fill('See you at **ten**');
  await field(ann).press('Enter');
  await said(bob, 'See you at ten').getByRole('button', { name: 'edited' }).click();
  await bob.getByRole('dialog').getByText('See you at nine').waitFor();
  await look(t, bob, 'chat-edits-dark-small');
  await bob.keyboard.press('Escape');

  await choose(bob, 'See you at ten', 'Pin');
  await log(ann).getByText('Bob pinned a message').waitFor();
  await ann.getByRole('button', { name: 'More', exact: true }).last().click();
  await ann.getByRole('menuitem', { name: 'Pinned messages' }).click();
  await ann.getByRole('complementary', { name: 'Pinned messages' }).getByText('See you at ten').waitFor();
  await look(t, ann, 'chat-pins-light');
  await ann.getByRole('button', { name: 'Unpin' }).click();
  await ann.getByText('Nothing is pinned').waitFor();
  await ann.keyboard.press('Escape');

  await choose(ann, 'See you at ten', 'Withdraw');
  await ann.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
  await log(bob).getByText('This message was withdrawn.').waitFor();
  await isReadByAll(ann, 'Rehearsal');
  await look(t, ann, 'chat-words-light');
  await look(t, bob, 'chat-words-dark-small');
  t.deepEqual(ownFaults(pages), []);
});

testInBrowser('a conversation is lived by the keyboard alone, and Enter that ends a syllable sends nothing', async (t) => {
  t.timeout(180_000);
  await using pages = await startPages(t);
  const { ann, bob } = await meetInGroup(pages);
  for (const text of ['one', 'two', 'three']) await say(ann, text);
  await said(bob, 'three').waitFor();

  await field(ann).fill('안녕');
  await field(ann).dispatchEvent('keydown', { key: 'Enter', isComposing: true });
  t.is(await field(ann).inputValue(), '안녕');
  t.is(await ann.getByRole('log').getByText('안녕').count(), 0);
  await field(ann).fill('');

  await log(bob).focus();
  await bob.keyboard.press('ArrowUp');
  await bob.keyboard.press('ArrowUp');
  await until(bob, `document.activeElement.textContent.includes('two')`);
  await bob.keyboard.press('Enter');
  await bob.getByRole('menuitem', { name: 'Reply' }).waitFor();
  await bob.keyboard.press('Escape');
  await bob.keyboard.press('r');
  await bob.getByText('Reply to Ann Lee:').waitFor();
  await until(bob, `document.activeElement.tagName === 'TEXTAREA'`);
  await bob.keyboard.press('Escape');
  await bob.getByText('Reply to Ann Lee:').waitFor({ state: 'detached' });
  await bob.keyboard.press('Control+b');
  await bob.keyboard.type('strong');
  await holds(bob, '**strong**');
  await bob.keyboard.press('Enter');
  await said(ann, 'strong').locator('strong').waitFor();

  // What is begun is there again, after a look elsewhere and after a reload.
  await field(ann).fill('Begun and not sent');
  await ann.keyboard.press('Control+k');
  await ann.getByRole('combobox', { name: 'Name of a person or a group' }).fill('bob');
  await ann.getByRole('option', { name: 'Bob New conversation' }).waitFor();
  await look(t, ann, 'chat-switcher-light');
  await ann.keyboard.press('Enter');
  await ann.getByRole('heading', { name: 'Bob' }).waitFor();
  await ann.getByRole('link', { name: /Choir.*Draft: Begun and not sent/ }).waitFor();
  await ann.keyboard.press('Control+k');
  await ann.getByRole('combobox', { name: 'Name of a person or a group' }).fill('choir');
  await ann.keyboard.press('Enter');
  await ann.getByRole('heading', { name: 'Choir' }).waitFor();
  await holds(ann, 'Begun and not sent');
  await ann.reload();
  await field(ann).waitFor();
  await holds(ann, 'Begun and not sent');
  t.deepEqual(ownFaults(pages), []);
});

const photo = async (name: string, background: string) => ({
  name,
  mimeType: 'image/jpeg',
  buffer: await sharp({ create: { width: 900, height: 600, channels: 3, background } })
    .jpeg()
    .toBuffer(),
});

testInBrowser('pictures and files are chosen and dropped, described, seen and saved; messages wait for their time', async (t) => {
  t.timeout(180_000);
  await using pages = await startPages(t);
  const { ann, bob } = await meetInGroup(pages);
  await ann
    .locator('input[data-files]')
    .setInputFiles([await photo('sea.jpg', '#2f6f9f'), { name: 'minutes.txt', mimeType: 'text/plain', buffer: Buffer.from('Present: all') }]);
  await ann.getByText('Ready').nth(1).waitFor();
  await ann.getByRole('textbox', { name: 'Description of sea.jpg' }).fill('The sea');
  await look(t, ann, 'chat-attached-light');
  await say(ann, 'From yesterday');
  await said(bob, 'From yesterday').getByRole('button', { name: 'The sea' }).click();
  await bob.getByRole('dialog', { name: 'Pictures and videos' }).getByRole('img', { name: 'The sea' }).waitFor();
  await bob.keyboard.press('Escape');
  const [saved] = await Promise.all([
    bob.waitForEvent('download'),
    said(bob, 'From yesterday')
      .getByRole('link', { name: /minutes\.txt/ })
      .click(),
  ]);
  t.is(saved.suggestedFilename(), 'minutes.txt');
  await said(ann, 'From yesterday').getByRole('button', { name: 'The sea' }).waitFor();
  await bob.waitForFunction(`[...document.querySelectorAll('.media img')].every(({ naturalWidth }) => naturalWidth > 0)`);
  await look(t, ann, 'chat-pictures-light');
  await look(t, bob, 'chat-pictures-dark-small');

  await field(ann).fill('Said **later**');
  await ann.getByRole('button', { name: 'Send later' }).click();
  await ann.getByRole('dialog').getByRole('button', { name: 'Send later' }).click();
  await ann.getByText(/^Will be sent/).waitFor();
  await holds(ann, '');
  await ann.getByRole('navigation', { name: 'Channels' }).getByRole('button', { name: 'More', exact: true }).click();
  await ann.getByRole('menuitem', { name: 'Scheduled messages' }).click();
  await ann.getByRole('complementary').getByText('Said later').waitFor();
  await ann.getByRole('button', { name: 'Change' }).click();
  await ann.getByRole('dialog').getByRole('textbox', { name: 'Message' }).fill('Said **sooner**');
  await ann.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await ann.getByRole('complementary').getByText('Said sooner').waitFor();
  await look(t, ann, 'chat-scheduled-light');
  await ann.getByRole('button', { name: 'Don’t send' }).click();
  await ann.getByText('Nothing is scheduled').waitFor();
  t.is(await idOf(ann).then((id) => id.length), 36);
  t.deepEqual(ownFaults(pages), []);
});

testInBrowser('what is said disappears from both pages at its time', async (t) => {
  t.timeout(180_000);
  await using pages = await startPages(t);
  const { ann, bob } = await meetInGroup(pages);
  for (const page of [ann, bob]) {
    await page.clock.install();
    await page.reload();
    await field(page).waitFor();
  }
  await say(ann, 'This stays');
  await ann.getByRole('button', { name: 'Details' }).click();
  await ann.getByRole('complementary', { name: 'Details' }).getByLabel('New messages').selectOption('disappear after 1 day');
  for (const page of [ann, bob]) await log(page).getByText('new messages disappear after 1 day').waitFor();
  await say(ann, 'The key is under the mat');
  for (const page of [ann, bob])
    await said(page, 'The key is under the mat')
      .getByRole('img', { name: /^Disappears/ })
      .waitFor();
  for (const page of [ann, bob]) {
    await page.clock.fastForward('25:00:00');
    await log(page).getByText('This message has disappeared.').waitFor();
    t.is(await log(page).getByText('The key is under the mat').count(), 0);
    t.is(await log(page).getByText('This stays').count(), 1);
  }
  t.deepEqual(ownFaults(pages), []);
});
