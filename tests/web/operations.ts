/** An installation that has something to operate: people, an app with a template, deliveries, something reported, and an event that can't be applied. */
import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { callApi, type RequestOptions } from '../client/call-api.ts';
import { expectStatus, pollUntil } from '../client/expectations.ts';
import { signRequest } from '../client/sign-request.ts';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { runTour } from '../tour/tour.ts';
import { launchBrowser } from './launch-browser.ts';
import { openPage, type VisitOptions } from './pages.ts';

export const DAMAGED_STREAM = 'post-of-nobody';
const WITHIN_MS = 60_000;

export type Operations = AsyncDisposable & {
  readonly ops: string;
  readonly folder: string;
  readonly browser: Browser;
  readonly faults: string[];
  /** The id of the channel that the tour's people write in. */
  readonly channel: string;
  readonly bob: string;
  /** Logs in with a token by clicking. */
  enter(options?: VisitOptions & { readonly token?: string }): Promise<Page>;
};

export async function startOperations(t: ExecutionContext): Promise<Operations> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder());
  const tidings = starting.use(await startTidingsForTest(folder.path));
  const { addresses } = tidings;
  const write = (path: string, options: Omit<RequestOptions, 'method'> & { readonly method?: 'POST' | 'PUT' }) =>
    callApi(() => Promise.resolve(addresses.write), path, { method: 'POST', key: randomUUID(), ...options });
  const tour = await runTour({ addresses: () => Promise.resolve(addresses), adminToken: ADMIN_TOKEN, run: 'operated', onStep: () => undefined });

  const operator = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const { body: app } = expectStatus([201], await write('/v1/apps', { headers: operator, body: { name: 'Bakery' } }));
  const credentials = { id: String(app['id']), secret: String(app['secret']) };
  const template = { name: 'Order ready', title: 'Order {{ number }}', body: 'Your order {{ number }} is <ready>.' };
  const key = randomUUID();
  const signed = () => signRequest(credentials, 'POST', '/v1/templates', { body: template, key });
  expectStatus([201], await write('/v1/templates', { headers: signed, body: template, key }));
  const cleo = { authorization: `Bearer ${tour.tokens.cleo}` };
  const report = { subject: { kind: 'post', post: tour.post }, violation: 'spam', text: 'This is an advertisement.' };
  expectStatus([200, 201], await write('/v1/reports', { headers: cleo, body: report }));
  const garbage = { id: randomUUID(), type: 'feed.post-published.v1', data: Buffer.from('{'), metadata: Buffer.from('{}') };
  await tidings.adapters.log.append(DAMAGED_STREAM, [garbage], 'no-stream');
  await pollUntil('the event waits', async () => (await tidings.projections.status()).some(({ deadLetters }) => deadLetters > 0), WITHIN_MS);
  const me = await callApi(() => Promise.resolve(addresses.read), '/v1/me', { headers: { authorization: `Bearer ${tour.tokens.bob}` } });

  const browser = await launchBrowser();
  starting.defer(() => browser.close());
  const faults: string[] = [];
  starting.defer(() => faults.forEach((fault) => t.log(fault)));
  const enter = async ({ token = ADMIN_TOKEN, ...options }: VisitOptions & { readonly token?: string } = {}) => {
    const page = await openPage({ browser, faults }, `${addresses.ops}/operator/`, options);
    await page.locator('input[name=token]').fill(token);
    await page.locator('form button[type=submit]').click();
    await page.locator('nav a[aria-current]').waitFor();
    return page;
  };
  const started = starting.move();
  return {
    ops: addresses.ops,
    folder: folder.path,
    browser,
    faults,
    channel: tour.channel,
    bob: String(me.body['id']),
    enter,
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}
