/** What operators do by clicking, and what becomes of it. */
import type { Page } from 'playwright-core';
import { DAMAGED_STREAM, startOperations, type Operations } from './operations.ts';
import { testInBrowser } from './browser.ts';
import { accessibilityFaults, openPage, picture } from './pages.ts';

const go = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
};
const confirm = async (page: Page, label: string, reason?: string): Promise<void> => {
  const dialog = page.getByRole('dialog');
  if (reason !== undefined) await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await dialog.getByRole('button', { name: label }).click();
  await dialog.waitFor({ state: 'detached' });
};
const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text }).first();

testInBrowser('an operator mends, steers and looks things up by clicking, and the audit says who and why', async (t) => {
  t.timeout(240_000);
  await using operations = await startOperations(t);
  const page = await operations.enter();
  await page.getByText('this one').waitFor();
  await row(page, 'ws://').getByText('open').waitFor();
  await page.locator('canvas').first().waitFor();
  t.deepEqual(await accessibilityFaults(page), []);
  await picture(page, 'operator-overview');

  await go(page, 'Projections');
  const letter = row(page, 'posts@').filter({ hasText: DAMAGED_STREAM });
  await letter.getByRole('button', { name: 'Retry' }).click();
  await confirm(page, 'Retry');
  await page.getByRole('status').filter({ hasText: 'It failed again' }).waitFor();
  await letter.getByRole('button', { name: 'Skip' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Skip' }).click();
  t.is(await dialog.locator('input:invalid').count(), 1, 'what destroys something needs a reason');
  t.deepEqual(await accessibilityFaults(page), []);
  await picture(page, 'operator-skip');
  await confirm(page, 'Skip', 'It was never published.');
  await letter.waitFor({ state: 'detached' });
  await row(page, 'apps@').getByRole('button', { name: 'Rebuild: apps' }).click();
  await confirm(page, 'Rebuild');
  await page.getByText('apps was rebuilt').waitFor();
  await row(page, 'apps@2.1').or(row(page, 'apps@')).first().waitFor();
  t.deepEqual(await accessibilityFaults(page), []);

  await go(page, 'Queues');
  await row(page, 'plan-notifications').waitFor();
  await page.context().setOffline(true);
  await page.getByRole('alert').filter({ hasText: 'What you see is of' }).waitFor();
  t.true(await row(page, 'plan-notifications').isVisible(), 'what was read stays');
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('alert').waitFor({ state: 'detached' });
  t.true(operations.faults.splice(0).every((fault) => fault.includes('ERR_INTERNET_DISCONNECTED')));
  t.deepEqual(await accessibilityFaults(page), []);

  await vendors(page);
  t.deepEqual(await accessibilityFaults(page), []);

  await go(page, 'Deliveries');
  await page.getByRole('textbox', { name: 'Id of the person' }).first().fill(operations.bob);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.locator('summary').filter({ hasText: 'email · departures' }).first().click();
  await page.locator('details[open]').getByText('delivery-planned').waitFor();
  await page.getByRole('textbox', { name: 'Id of the person' }).last().fill(operations.bob);
  await page.getByRole('textbox', { name: 'chat channel' }).fill(operations.channel);
  await page.getByRole('button', { name: 'Explain' }).click();
  await row(page, 'member').getByText('passed').waitFor();
  t.deepEqual(await accessibilityFaults(page), []);
  await picture(page, 'operator-deliveries');

  await go(page, 'Funnel');
  await row(page, 'Ferry').waitFor();
  await page.getByRole('combobox', { name: 'By' }).selectOption('channel');
  await row(page, 'email').waitFor();
  t.deepEqual(await accessibilityFaults(page), []);
  await picture(page, 'operator-funnel');

  await go(page, 'Apps');
  await page.getByRole('link', { name: 'Bakery' }).click();
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'number' }).waitFor();
  await page.getByRole('textbox', { name: 'Parameters' }).fill('{"number": 4711}');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByRole('article').filter({ hasText: 'push' }).getByText('Your order 4711 is <ready>.').waitFor();
  t.deepEqual(await accessibilityFaults(page), []);

  await moderate(page);
  t.deepEqual(await accessibilityFaults(page), []);

  await go(page, 'Audit');
  await row(page, 'skip-dead-letters').getByText('It was never published.').waitFor();
  await row(page, 'hide-post').getByText('It sells something.').waitFor();
  await row(page, 'plug-vendor').getByText('admin-token').waitFor();
  t.deepEqual(await accessibilityFaults(page), []);
  await picture(page, 'operator-audit');
  t.deepEqual(operations.faults, []);

  await asViewer(page, operations, (isSo, why) => t.true(isSo, why));
});

async function vendors(page: Page): Promise<void> {
  await go(page, 'Vendors');
  await row(page, 'outbox-sms').getByRole('button', { name: 'Plug out' }).click();
  await confirm(page, 'Plug out', 'Its prices are a mistake.');
  await row(page, 'outbox-sms').getByText('plugged out').waitFor();
  await page.getByRole('button', { name: 'Change the rules' }).click();
  const rules = page.getByRole('textbox', { name: 'Rules' });
  await rules.fill('[{"channel": "push"');
  await page.getByRole('dialog').getByRole('button', { name: 'Change the rules' }).click();
  await page.getByRole('alert').filter({ hasText: 'That is no JSON' }).waitFor();
  await rules.fill('[{"channel": "push", "vendors": [{"vendor": "outbox-push", "weight": 2}]}]');
  await confirm(page, 'Change the rules');
  await row(page, 'outbox-push × 2').waitFor();
}

async function moderate(page: Page): Promise<void> {
  await go(page, 'Moderation');
  await page.getByRole('link', { name: 'post:' }).click();
  await page.getByRole('button', { name: 'Look at it' }).click();
  await confirm(page, 'Look at it', 'It sells something.');
  await page.getByText('This is an advertisement.').waitFor();
  await page.getByRole('button', { name: 'Hide' }).click();
  await confirm(page, 'Hide');
  await page.getByText('hidden · admin-token').waitFor();
  await go(page, 'Moderation');
  await page.getByText('Nothing waits for a moderator.').waitFor();
}

/** Sees what is for viewers, and no button; and is out once they are removed. */
async function asViewer(page: Page, operations: Operations, check: (isSo: boolean, why: string) => void): Promise<void> {
  await page.getByRole('button', { name: 'Add an operator' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('jin.park');
  await confirm(page, 'Add an operator');
  const token = (await page.locator('.token').textContent()) ?? '';
  const viewer = await operations.enter({ token, width: 320, height: 700, scheme: 'dark', locale: 'ko-KR' });
  for (const name of ['프로젝션', '대기열', '발송 업체', '앱']) {
    await viewer.getByRole('link', { name }).click();
    await viewer.getByRole('heading', { level: 1, name }).waitFor();
    await viewer.getByRole('table').first().waitFor();
    check((await accessibilityFaults(viewer)).length === 0, name);
    check(await viewer.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${name} is as wide as the screen`);
    check((await viewer.locator('td button').count()) === 0, `${name} offers nothing that would be refused`);
  }
  await picture(viewer, 'operator-viewer-small');
  check((await viewer.getByRole('link', { name: '감사 기록' }).count()) === 0, 'the audit is not for viewers');
  check(operations.faults.length === 0, operations.faults.join());

  await row(page, 'jin.park').getByRole('button', { name: 'Remove' }).click();
  await confirm(page, 'Remove', 'Has left.');
  await viewer.getByRole('heading', { name: '운영자 로그인' }).waitFor();
  check(
    operations.faults.splice(0).every((fault) => fault.includes('401')),
    'a request of somebody who is out is all that fails',
  );
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in as an operator' }).waitFor();
  check((await page.context().cookies()).length === 0, 'nothing is left of a session');
}

testInBrowser('an operator’s cookie is for the page alone: not for scripts, not for pages of elsewhere, and for nobody without a token', async (t) => {
  t.timeout(120_000);
  await using operations = await startOperations(t);
  const { ops } = operations;
  const stranger = await openPage(operations, `${ops}/operator/projections`);
  await stranger.locator('input[name=token]').fill('another-token');
  await stranger.getByRole('button', { name: 'Log in' }).click();
  await stranger.getByRole('alert').filter({ hasText: /token/i }).waitFor();
  t.deepEqual(await accessibilityFaults(stranger), []);
  t.is((await stranger.context().cookies()).length, 0);
  t.true(operations.faults.splice(0).every((fault) => fault.includes('401')));

  const page = await operations.enter();
  const [cookie] = await page.context().cookies();
  t.like(cookie, { httpOnly: true, sameSite: 'Strict', secure: false, path: '/operator' });
  t.is(await page.evaluate('document.cookie'), '');
  t.false(cookie?.value.includes('the-operator-of-a-test'), 'the token is not in it as it is');
  const elsewhere = await openPage(operations, `${ops.replace('127.0.0.1', 'localhost')}/outbox/`);
  t.is(new URL(elsewhere.url()).host.split(':')[1], new URL(ops).port);

  const headers = { cookie: `${cookie?.name}=${cookie?.value}`, 'content-type': 'application/json' };
  const ask = async (operation: string, more: Readonly<Record<string, string>> = {}, body = '{}') => {
    const response = await fetch(`${ops}/operator/control/v1/${operation}`, { method: 'POST', headers: { ...headers, ...more }, body });
    return { status: response.status, text: await response.text() };
  };
  t.like(await ask('list-queues', { origin: ops }, '{"overMs":1}'), { status: 200 });
  t.regex((await ask('list-queues', { origin: ops }, '{"overMs":1}')).text, /"\$end":"done"/);
  for (const origin of [undefined, 'null', 'http://127.0.0.1:1', ops.replace('http:', 'https:'), ops.replace('127.0.0.1', 'localhost')]) {
    t.like(await ask('plug-vendor', origin === undefined ? {} : { origin }, '{"vendor":"outbox-sms","plug":"out"}'), { status: 403 }, String(origin));
  }
  t.is((await ask('list-queues', { origin: ops, cookie: '' })).status, 401);
  t.is((await ask('list-queues', { origin: ops, cookie: `${cookie?.name}=${cookie?.value}x` })).status, 401);
  const session = (init: RequestInit) => fetch(`${ops}/operator/session`, init);
  t.is((await session({ method: 'DELETE', headers: { ...headers, origin: 'http://127.0.0.1:1' } })).status, 403);
  t.is((await session({ method: 'POST', headers: { origin: 'http://127.0.0.1:1' }, body: '{"token":"x"}' })).status, 403, 'nobody is logged in from elsewhere');
  for (const body of ['', 'x', '{}', '{"token":""}', `{"token":"${'x'.repeat(5_000)}"}`]) {
    t.is((await session({ method: 'POST', headers: { origin: ops }, body })).status, 400, body.slice(0, 20));
  }
  t.is((await fetch(`${ops}/control/v1/list-queues`, { method: 'POST', headers })).status, 404, 'the command line has a socket here');

  // A page of the very same machine, on another port, in the browser that has the cookie.
  const neighbour = await page.context().newPage();
  await neighbour.goto(`${ops.replace('127.0.0.1', 'localhost')}/outbox/`);
  const act = `fetch('${ops}/operator/control/v1/plug-vendor', { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{"vendor":"outbox-sms","plug":"out"}' })`;
  await neighbour.evaluate(`${act}.catch(() => undefined)`);
  const answer = await ask('show-routing', { origin: ops });
  t.regex(answer.text, /"pluggedOut":\[\]/, 'nothing was done');

  const document = await fetch(`${ops}/operator/queues`);
  const policy = document.headers.get('content-security-policy') ?? '';
  t.regex(policy, /default-src 'none'; script-src 'self'; style-src 'self'.*frame-ancestors 'none'/);
  t.notRegex(policy, /unsafe|\*/);
  t.notRegex(await document.text(), /<script(?![^>]* src=)|<style| on[a-z]+=| style=/);
  t.is((await fetch(`${ops}/operator/nothing`)).status, 404);
  t.is((await fetch(`${ops}/operator`, { redirect: 'manual' })).status, 302);
});
