/** People in Chromium whose pages have the library, as it would be published, and nothing else. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { temporaryFolder } from '../start-for-test.ts';
import { launchBrowser } from '../web/launch-browser.ts';
import { bundleClient } from './build-client.ts';
import type { Calls } from './in-page.ts';
import { startClientSystem, type Account, type ClientSystem } from './test-fixture.ts';

export type Tab = {
  readonly page: Page;
  call<Name extends keyof Calls>(name: Name, ...given: Parameters<Calls[Name]>): Promise<Awaited<ReturnType<Calls[Name]>>>;
};

export type LibraryInBrowser = AsyncDisposable & {
  readonly system: ClientSystem;
  readonly browser: Browser;
  readonly origin: string;
  /** A browser of somebody's own. `clockAheadMs`: how wrong its clock is. */
  readonly context: (options?: { readonly clockAheadMs?: number }) => Promise<BrowserContext>;
  /** A tab of it, in which the library is open, and not connected yet. */
  readonly tab: (
    context: BrowserContext,
    of: { readonly account: Account; readonly channel: string; readonly device: string; readonly token?: string },
  ) => Promise<Tab>;
};

const PAGE = '<!doctype html><meta charset="utf-8"><title>Library</title><script type="module" src="/main.js"></script>';
const MAIN = "import * as library from './index.js';\nglobalThis.library = library;\nawait import('./in-page.js');\nglobalThis.isLoaded = true;\n";

export async function startLibraryInBrowser(): Promise<LibraryInBrowser> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder()).path;
  await bundleClient(folder);
  await build({ entryPoints: [join(import.meta.dirname, 'in-page.ts')], outfile: join(folder, 'in-page.js'), bundle: true, format: 'esm', logLevel: 'error' });
  const server = createServer((request, response) => {
    const name = (request.url ?? '/').slice(1);
    if (name === '' || name === 'favicon.ico') return void response.setHeader('content-type', 'text/html').end(PAGE);
    response.setHeader('content-type', 'text/javascript');
    if (name === 'main.js') return void response.end(MAIN);
    readFile(join(folder, name)).then(
      (body) => response.end(body),
      () => response.writeHead(404).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  starting.defer(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const system = starting.use(await startClientSystem());
  const browser = await launchBrowser();
  starting.defer(() => browser.close());
  const started = starting.move();
  return {
    system,
    browser,
    origin,
    context: async ({ clockAheadMs = 0 } = {}) => {
      const context = await browser.newContext();
      if (clockAheadMs !== 0)
        await context.addInitScript(`{ const now = Date.now; const Real = Date; Date.now = () => now() + ${clockAheadMs};
          globalThis.Date = class extends Real { constructor(...of) { of.length === 0 ? super(Date.now()) : super(...of); } static now() { return now() + ${clockAheadMs}; } } }`);
      return context;
    },
    tab: async (context, { account, channel, device, token = account.token }) => {
      const page = await context.newPage();
      await page.goto(origin);
      await page.waitForFunction('globalThis.isLoaded === true');
      const call: Tab['call'] = (name, ...given) => page.evaluate(`globalThis.calls.${name}(...${JSON.stringify(given)})`);
      const { read } = system.urls;
      await call('open', {
        read,
        write: system.commands.url,
        token,
        device,
        storedAs: account.person,
        socket: `ws://127.0.0.1:${system.network.port}/`,
        channel,
      });
      return { page, call };
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
