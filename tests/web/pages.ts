/** A Tidings with its pages, and people in browsers of their own who use it by clicking. An error in a page's console is a fault. */
import { readFileSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { launchBrowser } from './launch-browser.ts';

const WITHIN_MS = 30_000;
const AXE = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

export type Pages = PeopleInBrowsers & { readonly ops: string };
export type PeopleInBrowsers = AsyncDisposable & {
  readonly front: string;
  readonly browser: Browser;
  /** What the pages wrote into their consoles as errors; a test ends with none. */
  readonly faults: string[];
  /** A browser of somebody's own, at `/sign-up`. */
  visit(options?: VisitOptions): Promise<Page>;
  /** Signs somebody up by clicking; their page is at the feed then. */
  person(name: string, options?: VisitOptions): Promise<Page>;
};
export type VisitOptions = {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
  readonly locale?: string;
  /** Blocked where a test answers requests itself. */ readonly serviceWorkers?: 'allow' | 'block';
};

/** `settings`: beside those of all tests. */
export async function startPages(t: ExecutionContext, settings: Record<string, string> = {}): Promise<Pages> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder());
  const tidings = starting.use(await startTidingsForTest(folder.path, { TIDINGS_FRONT_PORT: '0', ...settings }));
  const people = starting.use(await peopleInBrowsers(t, String(tidings.urls.front)));
  const started = starting.move();
  return { ...people, ops: tidings.addresses.ops, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}

/** At the pages of whichever front. */
export async function peopleInBrowsers(t: ExecutionContext, front: string): Promise<PeopleInBrowsers> {
  await using starting = new AsyncDisposableStack();
  const browser = await launchBrowser();
  starting.defer(() => browser.close());
  const faults: string[] = [];
  starting.defer(() => faults.forEach((fault) => t.log(fault)));
  const visit = (options?: VisitOptions) => openPage({ browser, faults }, `${front}/sign-up`, options);
  const person = async (name: string, options?: VisitOptions) => {
    const page = await visit(options);
    await page.locator('input[name=name]').fill(name);
    await page.locator('input[name=loginName]').fill(name.toLowerCase().replaceAll(' ', '-'));
    await page.locator('input[name=password]').fill('violet staple horse');
    await page.locator('form button[type=submit]').click();
    await page.locator('[data-write]').waitFor();
    return page;
  };
  const started = starting.move();
  return { front, browser, faults, visit, person, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}

/** A browser of somebody's own, at the address. Errors of its console are added to the faults. */
export async function openPage(
  { browser, faults }: { readonly browser: Browser; readonly faults: string[] },
  url: string,
  { width = 1_100, height = 760, scheme = 'light', locale = 'en-GB', serviceWorkers = 'allow' }: VisitOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale, reducedMotion: 'reduce', serviceWorkers });
  const page = await context.newPage();
  page.setDefaultTimeout(WITHIN_MS);
  page.on('pageerror', (error) => faults.push(String(error.stack ?? error)));
  page.on('console', (line) => void (line.type() === 'error' && faults.push(`${line.text()} ${line.location().url}`)));
  await page.goto(url);
  return page;
}

/** What axe finds, a line each. Its script comes by the debugger, which the page's policy doesn't bind. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => id + ': ' + html.slice(0, 160) + ' ' + (any[0]?.message ?? ''))))`,
  );
}

/** Where a test is told to keep pictures, for somebody to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['TIDINGS_TEST_SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
}
