/**
 * `npm run screens -- <folder> [width …]`: pictures of every page of the demo's world, and of the operators', light and dark, in each width
 * (1200 and 360 if none is named), English and Korean, to be looked at.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { configFrom } from '../../app/config/config.ts';
import { fillWorld, lookAt } from '../demo/fill.ts';
import { DEMO_PASSWORD } from '../demo/fill-people.ts';
import { createProgress } from '../demo/progress.ts';
import { joinOrStart } from '../demo/running.ts';
import { drawWorld } from '../demo/world/world.ts';
import { temporaryFolder } from '../start-for-test.ts';
import { launchBrowser } from './launch-browser.ts';
import { call } from './meeting.ts';

const ANY_PORTS = Object.fromEntries(['FRONT', 'WRITE', 'READ', 'GATEWAY', 'OPS'].map((of) => [`TIDINGS_${of}_PORT`, '0']));
const WIDTHS = [1_200, 360];
/** A window is as high as usual ones of its width. */
const heightOf = (width: number): number => (width < 600 ? 720 : 800);
const LOGINS = { en: 'ann', ko: 'minji' } as const;
const LOCALES = { en: 'en-GB', ko: 'ko-KR' } as const;
/** Lists have come by then; what hasn't is to be seen. */
const QUIET_MS = 900;
/** On a busy machine pictures take their time. */
const PICTURES_MS = 10_000;
const PICTURES_ARE_THERE = '[...document.images].every((one) => one.complete || one.getBoundingClientRect().top > innerHeight)';
/** Charts of the operators' first page begin when it is opened. */
const CHARTS_MS = 16_000;

const [folder, ...named] = process.argv.slice(2);
const widths = named.length === 0 ? WIDTHS : named.map(Number);
if (folder === undefined || !widths.every((width) => width > 0)) throw new Error('npm run screens -- <folder> [width …]');
await mkdir(folder, { recursive: true });
await using data = await temporaryFolder();
const { signal } = new AbortController();
await using running = await joinOrStart(configFrom({ TIDINGS_DATA: data.path, ...ANY_PORTS }), { signal, settings: ANY_PORTS });
const { target, ops } = running;
const world = drawWorld(1);
if ((await lookAt(target, world)) === 'empty') await fillWorld(target, world, { nowMs: Date.now(), progress: createProgress(1, process.stderr) });
const browser = await launchBrowser();
try {
  let reporter: string | undefined;
  for (const width of widths) {
    for (const scheme of ['light', 'dark'] as const) {
      for (const language of ['en', 'ko'] as const) {
        const variant = { width, scheme, language };
        reporter = await takePeoples(browser, variant, { isFirst: reporter === undefined });
        await takeOperators(browser, variant, reporter);
      }
    }
  }
} finally {
  await browser.close();
}

type Variant = { readonly width: number; readonly scheme: 'light' | 'dark'; readonly language: keyof typeof LOGINS };

async function openIn(of: Browser, { width, scheme, language }: Variant) {
  const viewport = { width, height: heightOf(width) };
  const context = await of.newContext({ viewport, colorScheme: scheme, locale: LOCALES[language], reducedMotion: 'reduce' });
  const page = await context.newPage();
  const take = async (name: string, quietMs = QUIET_MS) => {
    await page.waitForTimeout(quietMs);
    await page.waitForFunction(PICTURES_ARE_THERE, undefined, { timeout: PICTURES_MS }).catch(() => undefined);
    await page.screenshot({ path: join(folder ?? '', `${name}-${scheme}-${width}-${language}.png`) });
  };
  return { page, take };
}

/** Returns the id of the person who looked at them. */
async function takePeoples(of: Browser, variant: Variant, { isFirst }: { readonly isFirst: boolean }): Promise<string> {
  const { front } = target;
  const { page, take } = await openIn(of, variant);
  await page.goto(`${front}/sign-up`);
  await take('sign-up');
  await page.goto(`${front}/log-in`);
  await take('log-in');
  await page.locator('input[name=loginName]').fill(LOGINS[variant.language]);
  await page.locator('input[name=password]').fill(DEMO_PASSWORD);
  await page.locator('form button[type=submit]').click();
  await page.locator('[data-write]').waitFor();
  await take('feed');
  const { me, paths, discussed } = await placesOf(page);
  for (const [name, path] of paths) {
    await page.goto(front + path);
    await take(name);
  }
  // Something for moderators to look at.
  const report = { subject: { kind: 'post', post: discussed }, violation: 'other', text: 'Is this true? The harbour master says otherwise.' };
  if (isFirst) await call(page, 'POST', '/v1/reports', report);
  await page.context().close();
  return me;
}

async function takeOperators(of: Browser, variant: Variant, person: string): Promise<void> {
  const { page, take } = await openIn(of, variant);
  await page.goto(`${ops}/operator/`);
  await take('operator-log-in');
  await page.locator('input[name=token]').fill(target.adminToken);
  await page.locator('form button[type=submit]').click();
  await page.locator('nav a[aria-current]').waitFor();
  await take('operator-overview', CHARTS_MS);
  for (const name of ['projections', 'queues', 'vendors', 'funnel', 'apps', 'moderation', 'audit']) {
    await page.goto(`${ops}/operator/${name}`);
    await take(`operator-${name}`);
  }
  await page.goto(`${ops}/operator/apps`);
  await page.locator('td a').first().click();
  await take('operator-app');
  await page.goto(`${ops}/operator/moderation`);
  await page.locator('td a').first().click();
  await take('operator-case');
  await page.goto(`${ops}/operator/deliveries`);
  await page.locator('form[role=search] input[name=person]').fill(person);
  await page.locator('form[role=search] button[type=submit]').click();
  await page.locator('summary').first().click();
  await take('operator-deliveries');
  await page.goto(`${ops}/outbox/`);
  await take('outbox');
  await page.context().close();
}

/** Of the person who is logged in there. */
async function placesOf(page: Page) {
  const read = (path: string) => call<Listed>(page, 'GET', path);
  const { id: me = '' } = await read('/v1/me');
  const { channels = [] } = await read('/v1/me/inbox?limit=50');
  const { posts = [] } = await read('/v1/me/feed?limit=50');
  const discussed = posts.toSorted((one, other) => (other.replies ?? 0) - (one.replies ?? 0))[0];
  const group = channels.find(({ kind }) => kind === 'group');
  const direct = channels.find(({ kind, request }) => kind === 'direct' && request === null);
  const settings = ['', '/security', '/notifications', '/privacy', '/data'].map(
    (section) => [`settings${section.replace('/', '-')}`, `/settings${section}`] as const,
  );
  const paths: readonly (readonly [string, string])[] = [
    ['thread', `/posts/${discussed?.id ?? ''}`],
    ['profile', `/people/${me}`],
    ['other-profile', `/people/${discussed?.author?.id ?? ''}`],
    ['tag', '/tags/garden'],
    ['mentions', '/mentions'],
    ['bookmarks', '/bookmarks'],
    ['scheduled', '/scheduled'],
    ['people', '/people'],
    ['chat', '/chat'],
    ['group', `/chat/${group?.channel ?? ''}`],
    ['direct', `/chat/${direct?.channel ?? ''}`],
    ['notifications', '/notifications'],
    ...settings,
    ['unknown', '/nothing-here'],
  ];
  return { me, paths, discussed: discussed?.id };
}

type Listed = {
  readonly id?: string;
  readonly channels?: readonly { readonly channel: string; readonly kind: string; readonly request: unknown }[];
  readonly posts?: readonly { readonly id: string; readonly replies?: number; readonly author?: { readonly id: string } }[];
};
