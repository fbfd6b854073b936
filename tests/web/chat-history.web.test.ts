/** Long histories: what one reads never moves, jumps lead anywhere, and what is found is shown where it was said. */
import type { Page } from 'playwright-core';
import { testInBrowser } from './browser.ts';
import { call, idOf, look, ownFaults } from './meeting.ts';
import { startPages } from './pages.ts';

const MESSAGES = 900;
const AT_ONCE = 12;
/** So far may a row be off that is to stay where it is. */
const STILL_PX = 2;

const log = (page: Page) => page.getByRole('log');

/** Where the row of a message is in the window; null where it isn't drawn. */
const topOf = (page: Page, text: string): Promise<number | null> =>
  page.evaluate(
    `((row) => row === undefined ? null : Math.round(row.getBoundingClientRect().top))([...document.querySelectorAll('.history article')].find((one) => one.querySelector('.text')?.textContent === ${JSON.stringify(text)}))`,
  );
const firstInSight = (page: Page): Promise<string> =>
  page.evaluate(
    `[...document.querySelectorAll('.history article')].find((one) => one.getBoundingClientRect().top >= document.querySelector('.history').getBoundingClientRect().top)?.querySelector('.text')?.textContent ?? ''`,
  );
const isAtEnd = (page: Page) =>
  page.waitForFunction(`(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 30)(document.querySelector('.history'))`);

testInBrowser(
  'of a long history some rows are drawn, older ones come without moving any, and jumps lead to a message, a day, what is unread and what is found',
  async (t) => {
    t.timeout(240_000);
    await using pages = await startPages(t, { TIDINGS_RATE_LIMITS: 'commands=1000000/60,messages=1000000/60,queries=1000000/60' });
    const ann = await pages.person('Ann Lee');
    const bob = await pages.person('Bob');
    const { id } = await call<{ id: string }>(ann, 'POST', '/v1/channels', { kind: 'direct', members: [await idOf(bob)] });
    await call(bob, 'POST', `/v1/me/message-requests/${id}/accept`, {});
    await ann.evaluate(
      async ([channel, count, atOnce]) => {
        const post = async (n: number) => {
          const headers = { 'content-type': 'application/json', authorization: 'Bearer cookie', 'idempotency-key': crypto.randomUUID() };
          // Of different heights, so that an estimate is never right.
          const text = n % 7 === 0 ? `Message ${n}\n${'and more words '.repeat(n % 40)}` : `Message ${n}`;
          const answer = await fetch(`/v1/channels/${channel}/messages`, {
            method: 'POST',
            headers,
            body: JSON.stringify({ text: n === 200 ? 'The needle in it' : text }),
          });
          if (!answer.ok) throw new Error(await answer.text());
        };
        for (let n = 0; n < Number(count); n += Number(atOnce)) await Promise.all(Array.from({ length: Number(atOnce) }, (_, k) => post(n + k)));
      },
      [id, MESSAGES, AT_ONCE],
    );

    // What is unread begins in sight, with a line before it.
    await bob.getByRole('link', { name: /^Chat \d+ unread/ }).click();
    await bob.getByRole('link', { name: /Ann Lee.*unread messages/ }).click();

    await bob.getByText('Unread from here').waitFor();
    await log(bob).getByText('Message 1', { exact: true }).waitFor();
    t.true((await log(bob).getByRole('article').count()) < 120, 'few rows are drawn');
    await look(t, bob, 'history-unread-light');
    await bob.getByRole('button', { name: /^(Jump to newest|\d+ new messages)$/ }).click();
    await isAtEnd(bob);
    await log(bob)
      .getByText(`Message ${MESSAGES - 1}`, { exact: false })
      .last()
      .waitFor();

    // Older ones come while one scrolls up; what is read stays.
    for (let n = 0; n < 12; n++) {
      await log(bob).hover();
      await bob.mouse.wheel(0, -900);
      await bob.waitForTimeout(60);
    }
    let still = 0;
    for (let n = 0; n < 8; n++) {
      const text = await firstInSight(bob);
      const before = await topOf(bob, text);
      await bob.evaluate(`new Promise((resolve) => setTimeout(resolve, 150))`);
      const after = await topOf(bob, text);
      if (before !== null && after !== null && Math.abs(after - before) <= STILL_PX) still++;
      await bob.mouse.wheel(0, -700);
      await bob.waitForTimeout(200);
    }
    t.is(still, 8, 'nothing moves by itself');
    const reading = await firstInSight(bob);
    const before = await topOf(bob, reading);
    await call(ann, 'POST', `/v1/channels/${id}/messages`, { text: 'Said meanwhile' });
    await bob.getByRole('button', { name: '1 new message' }).waitFor();
    t.true(Math.abs(((await topOf(bob, reading)) ?? Infinity) - (before ?? 0)) <= STILL_PX, 'what comes moves nothing');
    t.true((await log(bob).getByRole('article').count()) < 120);
    await look(t, bob, 'history-new-light');
    await bob.getByRole('button', { name: '1 new message' }).click();
    await log(bob).getByText('Said meanwhile').waitFor();
    await isAtEnd(bob);

    // What is found is shown where it was said, and newer pages lead back.
    await bob.getByRole('button', { name: 'Search in this conversation' }).click();
    await bob.getByRole('searchbox').fill('needle');
    await bob
      .getByRole('complementary')
      .getByRole('button', { name: /The needle in it/ })
      .waitFor();
    await look(t, bob, 'history-search-light');
    await bob
      .getByRole('complementary')
      .getByRole('button', { name: /The needle in it/ })
      .click();
    await log(bob).getByText('The needle in it').waitFor();
    t.not(await topOf(bob, 'The needle in it'), null);
    await log(bob).getByText('Message 199', { exact: true }).waitFor();
    await bob.keyboard.press('Escape');
    for (let n = 0; n < 400 && (await bob.getByRole('button', { name: /^(Jump to newest|\d+ new messages)$/ }).count()) > 0; n++) {
      await log(bob).hover();
      await bob.mouse.wheel(0, 3_000);
      await bob.waitForTimeout(30);
    }
    await log(bob).getByText('Said meanwhile').waitFor();

    await bob.getByRole('banner').or(bob.locator('.channel-head')).getByRole('button', { name: 'More', exact: true }).last().click();
    await bob.getByRole('menuitem', { name: 'Go to the beginning' }).click();
    await log(bob).getByText('This is the beginning of your conversation.').waitFor();
    await bob.locator('.channel-head').getByRole('button', { name: 'More', exact: true }).click();
    await bob.getByRole('menuitem', { name: 'Go to a day' }).click();
    await bob.getByRole('dialog').getByRole('button', { name: 'Go there' }).click();
    await log(bob).getByText('Message 0').waitFor();

    // An address leads to a message, also from elsewhere.
    await bob.goto(`${pages.front}/chat/${id}/450`);
    await bob.locator('.message.target').waitFor();
    t.is(await bob.locator('.message.target').getAttribute('data-seq'), '450');
    t.deepEqual(ownFaults(pages), []);
  },
);
