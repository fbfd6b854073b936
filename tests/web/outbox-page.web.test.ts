/** The outbox page in a real browser. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { SENT_CHANNELS } from '../../domain/people/notification-channels.ts';
import type { DeliveryId, NotificationId } from '../../domain/shared/ids.ts';
import type { Outbox } from '../../ports/sender/port.ts';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { runTour } from '../tour/tour.ts';
import { testInBrowser } from './browser.ts';
import { launchBrowser } from './launch-browser.ts';

test('has a button for every notification channel', (t) => {
  const page = readFileSync(new URL('../../web/outbox/index.html', import.meta.url), 'utf8');
  const channels = Array.from(page.matchAll(/data-channel="(\w+)"/g), ([, channel = '']) => channel);
  t.deepEqual(channels.toSorted(), SENT_CHANNELS.toSorted());
});

testInBrowser('shows the messages by channel, and says that none has left Tidings', async (t) => {
  t.timeout(120_000);
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  await runTour({ addresses: () => Promise.resolve(tidings.addresses), adminToken: ADMIN_TOKEN, run: 'page', onStep: () => {} });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (line) => void (line.type() === 'error' && faults.push(line.text())));
    await page.goto(`${tidings.addresses.ops}/outbox`);
    await page.getByText('4 sent').waitFor();
    t.is(await page.getByRole('article').count(), 4);
    await page.getByText('Nothing here has left Tidings').waitFor();
    await page.getByRole('button', { name: 'Email' }).click();
    await page.getByText('2 sent').waitFor(); // one of them the code that confirms the address
    await page.getByRole('article').getByText('Boarding at gate 3.').waitFor();
    await page.getByRole('button', { name: 'SMS' }).click();
    await page.getByText('Nothing was sent yet.').waitFor();
    await page.getByRole('button', { name: 'All' }).click();
    await page.getByText('4 sent').waitFor();
    const picture = process.env['TIDINGS_TEST_SCREENSHOT'];
    if (picture !== undefined) await page.screenshot({ path: picture, fullPage: true });
    t.deepEqual(faults, []);
  } finally {
    await browser.close();
  }
});

testInBrowser('pages back to the first message, keeps shown messages in place, fits a narrow window, and says when Tidings does not answer', async (t) => {
  t.timeout(120_000);
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  for (let i = 0; i < MORE_THAN_ONE_PAGE; i++) await send(tidings.adapters.outbox, `Message ${i}.`);
  await send(tidings.adapters.outbox, `Very long: ${'x'.repeat(3_000)}`);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 340, height: 800 } });
    await page.goto(`${tidings.addresses.ops}/outbox`);
    await page.getByText('50+ sent').waitFor();
    t.true(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
    await page.evaluate("document.querySelector('article').dataset.seen = 'before'");
    const older = page.getByRole('button', { name: 'Older' });
    for (let shown = 50; shown <= MORE_THAN_ONE_PAGE; shown += 50) {
      await page.getByText(`${shown}+ sent`).waitFor();
      await older.click();
    }
    await page.getByText('Message 0.', { exact: true }).waitFor();
    await page.getByText(`${MORE_THAN_ONE_PAGE + 1} sent`).waitFor();
    t.false(await older.isVisible());
    await send(tidings.adapters.outbox, 'It has just arrived.');
    await page.getByRole('article').first().getByText('It has just arrived.').waitFor();
    await page.getByRole('article').first().getByText('channel room').waitFor();
    t.is(await page.locator('article[data-seen=before]').count(), 1, 'the element shown before was kept');
    await tidings[Symbol.asyncDispose]();
    await page.getByRole('alert').getByText('Tidings does not answer.').waitFor();
    t.is(await page.getByRole('article').count(), MORE_THAN_ONE_PAGE + 2);
  } finally {
    await browser.close();
  }
});

/** The outbox's list answers a thousand messages at most. */
const MORE_THAN_ONE_PAGE = 1_050;

async function send({ senders }: Outbox, body: string): Promise<void> {
  const push = senders.find(({ channel }) => channel === 'push');
  await push?.send({
    delivery: crypto.randomUUID() as DeliveryId,
    notification: 'n1' as NotificationId,
    attempt: 1,
    target: { channel: 'push', platform: 'fcm', token: 'the-token-of-a-phone' },
    content: { body },
    data: { kind: 'chat', notification: 'n1', channel: 'room', seq: '7' },
    category: 'chat',
    priority: 'normal',
    collapseKey: 'c1',
    ttlSeconds: 60,
    signal: AbortSignal.timeout(10_000),
  });
}
