/** Two people who meet in the pages, and what tests of posts do again and again. */
import type { ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { pollUntil } from '../client/expectations.ts';
import { accessibilityFaults, picture, startPages, type Pages, type VisitOptions } from './pages.ts';

const WITHIN_MS = 30_000;

/** As the page itself would: with the session of its cookie. */
export const call = <Answer>(page: Page, method: string, path: string, body?: object): Promise<Answer> =>
  page.evaluate(
    async ([verb, url, json]) => {
      const headers = { 'content-type': 'application/json', authorization: 'Bearer cookie', 'idempotency-key': crypto.randomUUID() };
      const answer = await fetch(String(url), { method: String(verb), headers, ...(json === null ? {} : { body: String(json) }) });
      return (await answer.json()) as never;
    },
    [method, path, body === undefined ? null : JSON.stringify(body)],
  ) as Promise<Answer>;

export const idOf = async (page: Page): Promise<string> => (await call<{ id: string }>(page, 'GET', '/v1/me')).id;
export const article = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text }).first();
const fits = (page: Page) => page.evaluate('document.documentElement.scrollWidth <= innerWidth');
export const choose = async (page: Page, text: string, item: string) => {
  await article(page, text).getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
};
/** The browser writes a line for each answer that is a refusal, which pages can't keep it from. */
export const ownFaults = ({ faults }: Pages) => faults.filter((fault) => !fault.startsWith('Failed to load resource'));

/** Bob, whose window is small and dark, follows Ann. */
export async function meet(t: ExecutionContext, options: VisitOptions = {}) {
  const pages = await startPages(t);
  const ann = await pages.person('Ann Lee', options);
  const bob = await pages.person('Bob', { ...options, width: 320, height: 640, scheme: 'dark' });
  await call(bob, 'PUT', `/v1/me/follows/${await idOf(ann)}`);
  return { pages, ann, bob };
}

/** The page is as it should be for everybody, and kept as a picture for who looks at it. */
export async function look(t: ExecutionContext, page: Page, name: string): Promise<void> {
  t.deepEqual(await accessibilityFaults(page), [], name);
  t.true(await fits(page), `${name} is as wide as the window`);
  await picture(page, name);
}

/** Asked by the debugger, which the page's policy doesn't bind. */
export const until = (page: Page, expression: string): Promise<void> =>
  pollUntil(expression, async () => (await page.evaluate(expression)) === true, WITHIN_MS);
