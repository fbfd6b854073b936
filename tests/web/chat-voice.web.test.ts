/** Voice messages, spoken into a microphone that beeps. */
import type { Page } from 'playwright-core';
import { pollUntil } from '../client/expectations.ts';
import { testInBrowser } from './browser.ts';
import { call, idOf, look, ownFaults, until } from './meeting.ts';
import { startPages, type Pages } from './pages.ts';

async function talk(pages: Pages) {
  const ann = await pages.person('Ann');
  const bob = await pages.person('Bob', { width: 320, height: 640, scheme: 'dark' });
  const { id } = await call<{ id: string }>(ann, 'POST', '/v1/channels', { kind: 'direct', members: [await idOf(bob)] });
  await call(bob, 'POST', `/v1/me/message-requests/${id}/accept`, {});
  for (const page of [ann, bob]) await page.goto(`${pages.front}/chat/${id}`);
  return { ann, bob };
}

const record = (page: Page) => page.getByRole('button', { name: 'Record a voice message' });
const recorder = (page: Page) => page.getByRole('group', { name: 'Voice message' });
const played = (page: Page) => page.getByRole('log').locator('audio');
const said = (page: Page, text: string) => page.getByRole('log').getByRole('article').filter({ hasText: text }).last();
const reply = async (page: Page, text: string) => {
  await said(page, text).hover();
  await said(page, text).getByRole('button', { name: 'What to do with this message' }).click();
  await page.getByRole('menuitem', { name: 'Reply', exact: true }).click();
  await page.getByText('Reply to Bob:').waitFor();
};
/** It says so many seconds, or more: a page that is kept waiting leaves seconds out. */
const isAt = (page: Page, seconds: number) =>
  recorder(page)
    .getByRole('timer')
    .getByText(new RegExp(`^0:0[${seconds}-9]$`))
    .waitFor();

testInBrowser('a voice message is recorded, called off, listened to, sent and played', async (t) => {
  t.timeout(180_000);
  await using pages = await startPages(t);
  const { ann, bob } = await talk(pages);
  for (const page of [ann, bob]) await page.context().grantPermissions(['microphone'], { origin: pages.front });

  await record(ann).click();
  await recorder(ann).getByText('Recording').waitFor();
  await isAt(ann, 1);
  await look(t, ann, 'chat-recording-light');
  await ann.keyboard.press('Escape');
  await recorder(ann).waitFor({ state: 'detached' });
  await until(ann, `document.activeElement.tagName === 'TEXTAREA'`);
  t.is(await played(ann).count(), 0);

  await record(ann).click();
  await isAt(ann, 2);
  await recorder(ann).getByRole('button', { name: 'Stop and listen' }).click();
  await recorder(ann).locator('audio').waitFor();
  await until(ann, `document.querySelector('.voice audio').readyState > 0`);
  await look(t, ann, 'chat-recorded-light');
  await recorder(ann).getByRole('button', { name: 'Send' }).click();
  await played(bob).waitFor();
  await until(bob, `document.querySelector('[role=log] audio').src !== ''`);
  await bob.evaluate(`document.querySelector('[role=log] audio').load()`);
  await until(bob, `document.querySelector('[role=log] audio').readyState > 0`);
  t.true(Number(await bob.evaluate(`document.querySelector('[role=log] audio').duration`)) > 1, 'it has what was said');
  await look(t, bob, 'chat-voice-dark-small');
  t.is(await ann.locator('.tray').count(), 0);

  // At once, on a small window.
  await record(bob).click();
  await isAt(bob, 1);
  await look(t, bob, 'chat-recording-dark-small');
  await recorder(bob).getByRole('button', { name: 'Send' }).click();
  await played(ann).nth(1).waitFor();

  // What it answers was chosen before it was said, and not while it is on its way.
  for (const words of ['Shall we?', 'And then?']) {
    await bob.getByRole('textbox', { name: 'Message', exact: true }).fill(words);
    await bob.keyboard.press('Enter');
    await said(ann, words).waitFor();
  }
  await reply(ann, 'Shall we?');
  let goOn: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  let isHeld = false;
  await ann.context().route('**/v1/me/uploads**', async (route) => {
    isHeld = true;
    await held;
    await route.continue();
  });
  await record(ann).click();
  await isAt(ann, 1);
  await recorder(ann).getByRole('button', { name: 'Send' }).click();
  await ann.getByText('Reply to Bob:').waitFor({ state: 'detached' });
  await pollUntil('it is being uploaded', async () => isHeld, 30_000);
  await reply(ann, 'And then?');
  goOn();
  await played(bob).nth(2).waitFor();
  const answer = bob
    .getByRole('log')
    .getByRole('article')
    .filter({ has: bob.locator('audio') })
    .last();
  await answer.getByRole('button', { name: 'Bob Shall we?' }).waitFor();
  await ann.getByText('Reply to Bob:').waitFor();
  t.deepEqual(ownFaults(pages), []);
});

testInBrowser('who doesn’t let the page listen is told what to do, and writes on', async (t) => {
  t.timeout(120_000);
  await using pages = await startPages(t);
  const { ann } = await talk(pages);
  await ann.context().clearPermissions();
  await record(ann).click();
  await recorder(ann).getByRole('alert').getByText('The microphone isn’t allowed here').waitFor();
  await look(t, ann, 'chat-microphone-refused-light');
  await recorder(ann).getByRole('button', { name: 'Discard the recording' }).click();
  await ann.keyboard.type('Then in words');
  await ann.keyboard.press('Enter');
  await ann.getByRole('log').getByText('Then in words').waitFor();
  t.deepEqual(ownFaults(pages), []);
});
