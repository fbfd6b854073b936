/**
 * The pages in Chromium: what is loaded first, how soon one can act on a CPU that is four times slower, and how smoothly a channel of
 * 10,000 messages scrolls; beside an empty page, and a channel of 100. `npm run bench:web -- [messages]`.
 */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { configFrom } from '../app/config/config.ts';
import { connectToFolder, type ControlClient } from '../cli/control-client.ts';
import type { ChannelId, PersonId } from '../domain/shared/ids.ts';
import { instant } from '../domain/shared/instant.ts';
import { bundlePages } from '../front/bundle.ts';
import { call } from '../tests/demo/filling.ts';
import { temporaryFolder } from '../tests/start-for-test.ts';
import { startTidingsAsPeopleDo } from './shared/start-tidings.ts';
import { launchBrowser } from '../tests/web/launch-browser.ts';
import { median, quantile } from './shared/statistics.ts';

const MESSAGES = Number(process.argv[2] ?? 10_000);
const FEW_MESSAGES = 100;
const POSTS = 40;
const SLOWER = 4;
const ROUNDS = 5;
const SCROLLED_MS = 6_000;
const IMPORTED_AT_ONCE = 200;
/** A frame that takes longer is seen as a jerk: three at 60 Hz. */
const JERK_MS = 50;
const PASSWORD = 'violet staple horse';

await using folder = await temporaryFolder();
await using tidings = await startTidingsAsPeopleDo(folder.path, { TIDINGS_FRONT_PORT: '0' });
const front = String(tidings.lines.find(({ msg, role }) => msg === 'listening' && role === 'front')?.['url']);
const { signal } = new AbortController();
await using control = await connectToFolder({
  config: configFrom({ TIDINGS_DATA: folder.path }),
  needs: 'running-process',
  say: () => undefined,
  signal,
  reason: 'bench:web',
});

await tellFirstLoad();
const [ada, bob] = [await signUp('ada'), await signUp('bob')];
for (let n = 0; n < POSTS; n += 1)
  await call({ front, seed: 0 }, '/v1/me/feed', {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}` },
    body: { text: `The ${n}th thing that happened today, and what I think of it.` },
  });
const long = await importChannel(control, 'long', MESSAGES);
const short = await importChannel(control, 'short', FEW_MESSAGES);

await using empty = await startEmptyPage();
const browser = await launchBrowser();
try {
  await tellInteractive(browser);
  for (const [what, channel] of [
    [`${MESSAGES} messages`, long],
    [`${FEW_MESSAGES} messages`, short],
  ] as const)
    await tellScrolling(browser, what, channel);
} finally {
  await browser.close();
}

async function tellFirstLoad(): Promise<void> {
  const { document, assets } = await bundlePages();
  const loaded = [document, ...[...assets].filter(([path]) => document.body.includes(path)).map(([, asset]) => asset)];
  const bytes = loaded.reduce((sum, { compressed }) => sum + compressed.length, 0);
  const all = [...assets.values()].reduce((sum, { compressed }) => sum + compressed.length, document.compressed.length);
  console.log(`first load        ${kilobytes(bytes)} compressed, of ${kilobytes(all)} that there are in all pages`);
}

async function tellInteractive(of: Browser): Promise<void> {
  const bare = await timed(of, empty.url, async (page) => page.locator('input').waitFor());
  const login = await timed(of, `${front}/log-in`, async (page) => page.locator('input[name=loginName]').waitFor());
  const feed = await timed(of, `${front}/`, async (page) => page.getByText('th thing that happened').first().waitFor(), 'logged in');
  const again = await timed(of, `${front}/`, async (page) => page.getByText('th thing that happened').first().waitFor(), 'logged in', 'cached');
  for (const [what, times] of [
    ['an empty page', bare],
    ['log in', login],
    ['feed', feed],
    ['feed, cached', again],
  ] as const)
    console.log(
      `interactive       ${what.padEnd(16)} ${median(times).toFixed(0).padStart(6)} ms, at a CPU ${SLOWER} times slower; ${(median(times) / median(bare)).toFixed(1)} of the empty page`,
    );
}

/** From the address to when it is shown and the main thread is free again. */
async function timed(of: Browser, url: string, isShown: (page: Page) => Promise<void>, as?: 'logged in', cache?: 'cached'): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const page = await openPage(of, as);
    if (cache === 'cached') {
      await page.goto(url);
      await isShown(page);
    }
    const debug = await page.context().newCDPSession(page);
    await debug.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    const startedMs = performance.now();
    await page.goto(url, { waitUntil: 'commit' });
    await isShown(page);
    await page.evaluate('new Promise((free) => requestIdleCallback(free))');
    times.push(performance.now() - startedMs);
    await page.context().close();
  }
  return times;
}

async function tellScrolling(of: Browser, what: string, channel: string): Promise<void> {
  const page = await openPage(of, 'logged in');
  await page.goto(`${front}/chat/${channel}`);
  const history = page.getByRole('log');
  await history.getByText('Message').first().waitFor();
  await history.hover();
  await page.evaluate(
    `(() => { globalThis.frames = []; let last = performance.now(); const tick = (now) => { frames.push(now - last); last = now; requestAnimationFrame(tick); }; requestAnimationFrame(tick); })()`,
  );
  for (const until = performance.now() + SCROLLED_MS; performance.now() < until;) await page.mouse.wheel(0, -400);
  const frames = (await page.evaluate('frames.slice(5)')) as readonly number[];
  const nodes = (await page.evaluate("document.querySelectorAll('[role=log] *').length")) as number;
  const jerks = frames.filter((ms) => ms > JERK_MS).length;
  console.log(
    `scrolling up      ${what.padEnd(16)} ${frames.length} frames in ${(frames.reduce((sum, ms) => sum + ms, 0) / 1_000).toFixed(1)} s, p50 ${median(frames).toFixed(1)} ms, p99 ${quantile(frames, 0.99).toFixed(1)} ms, ${jerks} over ${JERK_MS} ms, ${nodes} elements`,
  );
  await page.context().close();
}

async function openPage(of: Browser, as?: 'logged in'): Promise<Page> {
  const context = await of.newContext({ viewport: { width: 1_100, height: 760 }, locale: 'en-GB' });
  const page = await context.newPage();
  if (as === undefined) return page;
  await page.goto(`${front}/log-in`);
  await page.locator('input[name=loginName]').fill('ada');
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.locator('form button[type=submit]').click();
  await page.locator('[data-write]').waitFor();
  return page;
}

async function signUp(loginName: string): Promise<{ readonly id: PersonId; readonly token: string }> {
  const { id } = await call({ front, seed: 0 }, '/v1/people', { method: 'POST', body: { loginName, name: loginName, password: PASSWORD } });
  const { token } = await call({ front, seed: 0 }, '/v1/sessions', { method: 'POST', body: { loginName, password: PASSWORD } });
  return { id: String(id) as PersonId, token: String(token) };
}

async function importChannel(client: ControlClient, key: string, count: number): Promise<ChannelId> {
  const startedMs = Date.now() - count * 60_000;
  const opening = {
    source: 'bench',
    key,
    openedAt: instant(startedMs),
    dryRun: false,
    kind: 'group' as const,
    owner: ada.id,
    members: [ada.id, bob.id],
    title: `The ${key} one`,
  };
  const [opened] = await Array.fromAsync(client.call('import-channel', opening));
  if (opened === undefined) throw new Error('The channel was not imported.');
  for (let from = 0; from < count; from += IMPORTED_AT_ONCE) {
    const messages = Array.from({ length: Math.min(IMPORTED_AT_ONCE, count - from) }, (_, at) => ({
      key: String(from + at).padStart(8, '0'),
      at: instant(startedMs + (from + at) * 60_000),
      sender: at % 3 === 0 ? ada.id : bob.id,
      text: `Message ${from + at}. ${'Some are longer than others, and take two lines or three. '.repeat((from + at) % 4)}`.trim(),
    }));
    await Array.fromAsync(client.call('import-messages', { channel: opened.channel, source: key, system: 'bench', messages, dryRun: false }));
  }
  return opened.channel;
}

async function startEmptyPage(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Empty</title><input>'),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, [Symbol.asyncDispose]: stop };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_024).toFixed(1)} KiB`;
}
