/** The outbox's page in a real browser, clicked as a person would. */
import { existsSync } from 'node:fs';
import test from 'ava';
import { chromium } from 'playwright-core';
import type { DeliveryId, NotificationId } from '../domain/shared/ids.ts';
import type { Outbox } from '../ports/sender/outbox.ts';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from './start-for-test.ts';
import { tellTour } from './tour/tour.ts';

const CHROMIUM = '/usr/bin/chromium';
const canRun = existsSync(CHROMIUM) || process.env['CI'] === 'true';
// As root Chromium has no sandbox, and what it looks up by itself is not ours to wait for.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const testPage = canRun ? test : test.skip;

testPage('the outbox shows what was sent, by channel, and that it went nowhere', async (t) => {
  t.timeout(120_000);
  await using folder = await temporaryFolder();
  await using house = await startTidingsForTest(folder.path);
  await tellTour({ addresses: () => Promise.resolve(house.addresses), adminToken: ADMIN_TOKEN, run: 'page', say: () => {} });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (line) => void (line.type() === 'error' && faults.push(line.text())));
    await page.goto(`${house.addresses.ops}/outbox`);
    await page.getByText('3 sent').waitFor();
    t.is(await page.getByRole('article').count(), 3);
    await page.getByText('Nothing here has left this machine').waitFor();
    await page.getByRole('button', { name: 'Email' }).click();
    await page.getByText('1 sent').waitFor();
    await page.getByRole('article').getByText('Boarding at gate 3.').waitFor();
    await page.getByRole('button', { name: 'SMS' }).click();
    await page.getByText('Nothing was sent yet.').waitFor();
    await page.getByRole('button', { name: 'All' }).click();
    await page.getByText('3 sent').waitFor();
    const picture = process.env['TIDINGS_TEST_SCREENSHOT'];
    if (picture !== undefined) await page.screenshot({ path: picture, fullPage: true });
    t.deepEqual(faults, []);
  } finally {
    await browser.close();
  }
});

testPage('the outbox goes back as far as there is something, leaves what is shown in its place, fits the window, and says when Tidings is gone', async (t) => {
  t.timeout(120_000);
  await using folder = await temporaryFolder();
  await using house = await startTidingsForTest(folder.path);
  for (let i = 0; i < MORE_THAN_A_LOOK_SHOWS; i++) await send(house.adapters.outbox, `Message ${i}.`);
  await send(house.adapters.outbox, `Very long: ${'x'.repeat(3_000)}`);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 340, height: 800 } });
    await page.goto(`${house.addresses.ops}/outbox`);
    await page.getByText('50+ sent').waitFor();
    t.true(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
    await page.evaluate("document.querySelector('article').dataset.seen = 'before'");
    const older = page.getByRole('button', { name: 'Older' });
    for (let shown = 50; shown <= MORE_THAN_A_LOOK_SHOWS; shown += 50) {
      await page.getByText(`${shown}+ sent`).waitFor();
      await older.click();
    }
    await page.getByText('Message 0.', { exact: true }).waitFor();
    await page.getByText(`${MORE_THAN_A_LOOK_SHOWS + 1} sent`).waitFor();
    t.false(await older.isVisible());
    await send(house.adapters.outbox, 'It has just come.');
    await page.getByRole('article').first().getByText('It has just come.').waitFor();
    t.is(await page.locator('article[data-seen=before]').count(), 1, 'what was shown before was not made anew');
    await house[Symbol.asyncDispose]();
    await page.getByRole('alert').getByText('Tidings does not answer.').waitFor();
    t.is(await page.getByRole('article').count(), MORE_THAN_A_LOOK_SHOWS + 2);
  } finally {
    await browser.close();
  }
});

/** A request for the outbox's list may ask for a thousand at most. */
const MORE_THAN_A_LOOK_SHOWS = 1_050;

async function send({ senders }: Outbox, body: string): Promise<void> {
  const push = senders.find(({ channel }) => channel === 'push');
  await push?.send({
    delivery: crypto.randomUUID() as DeliveryId,
    notification: 'n1' as NotificationId,
    attempt: 1,
    target: { channel: 'push', platform: 'fcm', token: 'the-token-of-a-phone' },
    content: { body },
    category: 'chat',
    priority: 'normal',
    collapseKey: 'c1',
    ttlSeconds: 60,
    signal: AbortSignal.timeout(10_000),
  });
}
