/** The outbox's page in a real browser, clicked as a person would. */
import { existsSync } from 'node:fs';
import test from 'ava';
import { chromium } from 'playwright-core';
import { ADMIN_TOKEN, startHouse, temporaryFolder } from './house.ts';
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

(canRun ? test : test.skip)('the outbox shows what was sent, by channel, and that it went nowhere', async (t) => {
  t.timeout(120_000);
  await using folder = await temporaryFolder();
  await using house = await startHouse(folder.path);
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
