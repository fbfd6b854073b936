/** What people do with posts by clicking, what becomes of it where it is refused, and lists that go on. */
import type { Page } from 'playwright-core';
import { pollUntil } from '../client/expectations.ts';
import { testInTurnWith } from '../servers/availability.ts';
import { article, call, choose, idOf, look, meet, ownFaults, until } from './meeting.ts';
import { startPages } from './pages.ts';

const testInTurn = testInTurnWith('chromium');

testInTurn('posts are edited, pinned, kept, quoted, shared, reacted to, reported and deleted by clicking', async (t) => {
  t.timeout(240_000);
  const { pages, ann, bob } = await meet(t);
  await using _ = pages;
  await ann.getByRole('textbox', { name: 'Write a post' }).fill('Rain agian, @bob #weather');
  await ann.getByRole('button', { name: 'Publish', exact: true }).click();
  await article(ann, 'Rain agian').getByRole('link', { name: '#weather' }).waitFor();
  await choose(ann, 'Rain agian', 'Edit');
  await ann.getByRole('textbox', { name: 'Text of the post' }).fill('Rain again, @bob #weather');
  await ann.getByRole('button', { name: 'Save' }).click();
  await article(ann, 'Rain again').getByRole('button', { name: 'edited' }).click();
  await ann.getByRole('dialog', { name: 'Edit history' }).getByText('Rain agian').waitFor();
  await look(t, ann, 'history-light');
  await ann.keyboard.press('Escape');
  await choose(ann, 'Rain again', 'Pin to profile');

  await bob.reload();
  const post = article(bob, 'Rain again');
  await post.getByRole('button', { name: 'React' }).click();
  await bob.getByRole('menuitemradio', { name: 'Love' }).waitFor();
  await look(t, bob, 'react-dark-small');
  await bob.getByRole('menuitemradio', { name: 'Love' }).click();
  await post.getByRole('button', { name: 'Love, 1 person', pressed: true }).waitFor();
  await post.getByRole('button', { name: 'Like, 0 likes' }).click();
  await post.getByRole('button', { name: 'Like, 1 like', pressed: true }).waitFor();
  t.is(await post.getByRole('button', { name: 'Love' }).count(), 0, 'one reaction a person');
  await choose(bob, 'Rain again', 'Bookmark');
  await choose(bob, 'Rain again', 'Liked by');
  await bob.getByRole('dialog').getByRole('link', { name: 'Bob' }).waitFor();
  await look(t, bob, 'who-dark-small');
  await bob.keyboard.press('Escape');
  await post.getByRole('button', { name: 'Share, shared 0 times' }).click();
  await bob.getByRole('menuitem', { name: 'Share' }).click();
  await post.getByRole('button', { name: 'Share, shared 1 time' }).click();
  await bob.getByRole('menuitem', { name: 'Quote' }).click();
  await bob.locator('form.composer blockquote').getByText('Rain again').waitFor();
  await bob.getByRole('textbox', { name: 'Write a post' }).fill('Bring a coat');
  await bob.getByRole('button', { name: 'Publish', exact: true }).click();
  await article(bob, 'Bring a coat').locator('blockquote').getByText('Rain again').waitFor();
  await look(t, bob, 'quote-dark-small');

  await bob.getByRole('link', { name: 'Mentions' }).click();
  await bob.getByRole('heading', { name: 'Mentions' }).waitFor();
  await article(bob, 'Rain again').waitFor();
  await look(t, bob, 'mentions-dark-small');
  await bob.getByRole('link', { name: '#weather' }).click();
  await bob.getByRole('heading', { name: '#weather' }).waitFor();
  await article(bob, 'Rain again').waitFor();
  await look(t, bob, 'tag-dark-small');
  await bob.goto(`${pages.front}/bookmarks`);
  await article(bob, 'Rain again').waitFor();
  await look(t, bob, 'bookmarks-dark-small');
  await choose(bob, 'Rain again', 'Remove bookmark');
  await bob.reload();
  await bob.getByText('No bookmarks yet').waitFor();

  await bob.goto(`${pages.front}/people/${await idOf(ann)}`);
  await bob.getByRole('region', { name: 'Pinned' }).getByText('Rain again').waitFor();
  await look(t, bob, 'profile-dark-small');
  await choose(bob, 'Rain again', 'Report post');
  await bob.getByRole('dialog').getByLabel('Something else').check();
  await look(t, bob, 'report-dark-small');
  await bob.getByRole('dialog').getByRole('button', { name: 'Report', exact: true }).click();
  await bob.getByRole('dialog').getByText('Thank you').waitFor();
  await bob.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();

  await ann.getByRole('link', { name: 'Ann Lee' }).first().click();
  await ann.getByRole('heading', { name: 'Ann Lee' }).waitFor();
  await look(t, ann, 'own-profile-light');
  await choose(ann, 'Rain again', 'Delete');
  await ann.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await choose(ann, 'Rain again', 'Delete');
  await ann.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await ann.getByText('You deleted this post.').first().waitFor();
  await ann.reload();
  await ann.getByText('No posts yet.').waitFor();
  t.deepEqual(ownFaults(pages), []);
});

testInTurn('what is refused is undone where it was done, with the server’s own sentence, and can be tried again', async (t) => {
  t.timeout(180_000);
  const { pages, ann, bob } = await meet(t, { serviceWorkers: 'block' });
  await using _ = pages;
  const { id } = await call<{ id: string }>(ann, 'POST', '/v1/me/feed', { text: 'Here for a moment' });
  await bob.reload();
  const post = article(bob, 'Here for a moment');
  await post.getByRole('button', { name: 'Like, 0 likes' }).waitFor();
  await call(ann, 'DELETE', `/v1/posts/${id}`);
  await post.getByRole('button', { name: 'Like, 0 likes' }).click();
  await post.getByRole('alert').getByText('no such post').waitFor();
  await post.getByRole('button', { name: 'Like, 0 likes', pressed: false }).waitFor();
  await look(t, bob, 'undone-dark-small');
  await post.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
  await post.getByRole('alert').waitFor();
  await post.getByRole('alert').getByRole('button', { name: 'Close' }).click();
  await choose(bob, 'Here for a moment', 'Bookmark');
  await post.getByRole('alert').getByText('no such post').waitFor();

  // Clicked again before the first click is answered: the last one counts, and is sent.
  const second = await call<{ id: string }>(ann, 'POST', '/v1/me/feed', { text: 'Here to stay' });
  await bob.goto(`${pages.front}/posts/${second.id}`);
  const like = article(bob, 'Here to stay').getByRole('button', { name: /^Like/ });
  const sent: string[] = [];
  await bob.route('**/like', async (route) => {
    sent.push(route.request().method());
    await route.continue();
  });
  await bob.route('**/reaction', async (route) => {
    sent.push(route.request().method());
    await route.continue();
  });
  await like.waitFor();
  await bob.evaluate(`[1, 2, 3].forEach(() => document.querySelector('.post-open .like').click())`);
  await until(bob, `document.querySelector('.post-open .like').getAttribute('aria-pressed') === 'true'`);
  const isLiked = async () => (await call<{ liked: boolean }>(bob, 'GET', `/v1/posts/${second.id}`)).liked;
  await pollUntil('the like has arrived', isLiked, 30_000);
  t.deepEqual(sent, ['PUT'], 'what was chosen last is what was sent first');

  // Muted from a post: gone at once, and back.
  await choose(bob, 'Here to stay', 'Mute');
  await bob.getByText('You have muted').waitFor();
  await look(t, bob, 'muted-dark-small');
  await bob.getByRole('button', { name: 'Undo' }).click();
  await article(bob, 'Here to stay').waitFor();

  // Without a network it says that it waits, and arrives when there is one again.
  await ann.context().setOffline(true);
  await ann.getByRole('textbox', { name: 'Write a post' }).fill('From the tunnel');
  await ann.keyboard.press('Control+Enter');
  await ann.getByText('Waits for a connection').waitFor();
  await ann.getByRole('button', { name: 'Discard' }).waitFor();
  await ann.context().setOffline(false);
  await article(ann, 'From the tunnel').getByRole('button', { name: /^Like/ }).waitFor();

  // A post that can't be published says why, and goes back into the field.
  await ann.route('**/v1/me/feed', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({
          status: 409,
          contentType: 'application/problem+json',
          body: JSON.stringify({ code: 'post-unknown', status: 409, detail: 'There is no such post.' }),
        })
      : route.continue(),
  );
  await ann.getByRole('textbox', { name: 'Write a post' }).fill('A thought');
  await ann.keyboard.press('Control+Enter');
  await ann.getByRole('alert').getByText('There is no such post.').waitFor();
  await look(t, ann, 'refused-light');
  await ann.getByRole('alert').getByRole('button', { name: 'Edit' }).click();
  t.is(await ann.getByRole('textbox', { name: 'Write a post' }).inputValue(), 'A thought');
  t.deepEqual(ownFaults(pages), []);
});

testInTurn('posts that were written without a network outlive a reload, stand in every tab, and are published once', async (t) => {
  t.timeout(240_000);
  await using pages = await startPages(t, { TIDINGS_RATE_LIMITS: 'same-text=1/600' });
  const ann = await pages.person('Ann Lee');
  await ann.waitForFunction('navigator.serviceWorker.controller !== null');
  await ann.reload();
  const write = async (page: Page, text: string) => {
    await page.getByRole('textbox', { name: 'Write a post' }).fill(text);
    await page.keyboard.press('Control+Enter');
  };
  await write(ann, 'Before the tunnel');
  await article(ann, 'Before the tunnel').getByRole('button', { name: /^Like/ }).waitFor();
  await ann.context().setOffline(true);
  await write(ann, 'In the tunnel');
  await article(ann, 'In the tunnel').getByText('Waits for a connection').waitFor();
  await ann.reload();
  await article(ann, 'In the tunnel').getByText('Waits for a connection').waitFor();
  await write(ann, 'Still in it');
  await write(ann, 'Before the tunnel');
  const other = await ann.context().newPage();
  await other.goto(pages.front);
  for (const page of [ann, other]) await page.getByText('Waits for a connection').nth(2).waitFor();
  await look(t, ann, 'posts-wait-light');

  await ann.context().setOffline(false);
  for (const page of [ann, other]) {
    for (const text of ['In the tunnel', 'Still in it']) await article(page, text).getByRole('button', { name: /^Like/ }).waitFor();
    await page.getByRole('alert').getByText('You have published the same text just now').waitFor();
  }
  const texts = async () => (await call<{ posts: { text: string }[] }>(ann, 'GET', '/v1/me/feed')).posts.map(({ text }) => text);
  t.deepEqual(await texts(), ['Still in it', 'In the tunnel', 'Before the tunnel']);
  await other.reload();
  await other.getByRole('alert').getByText('You have published the same text just now').waitFor();
  await other.getByRole('alert').getByRole('button', { name: 'Discard' }).click();
  await ann.getByRole('alert').waitFor({ state: 'detached' });

  // What a reply replies to is gone by then: it isn't lost with it.
  const { id } = await call<{ id: string }>(ann, 'POST', '/v1/me/feed', { text: 'Gone soon' });
  await ann.goto(`${pages.front}/posts/${id}`);
  await ann.getByRole('textbox', { name: 'Write a reply' }).fill('A good answer');
  await other.getByRole('textbox', { name: 'Write a post' }).waitFor();
  await call(other, 'DELETE', `/v1/posts/${id}`);
  await ann.keyboard.press('Control+Enter');
  await ann.getByRole('alert').getByText('no such post').waitFor();
  await ann.goto(pages.front);
  await article(ann, 'A good answer').getByRole('link', { name: 'In reply to a post' }).waitFor();
  await look(t, ann, 'reply-refused-light');
  await article(ann, 'A good answer').getByRole('button', { name: 'Discard' }).click();
  await ann.getByRole('alert').waitFor({ state: 'detached' });
  await ann.reload();
  await article(ann, 'Still in it').waitFor();
  t.deepEqual(await ann.getByRole('alert').allTextContents(), []);
  t.deepEqual(await texts(), ['Still in it', 'In the tunnel', 'Before the tunnel']);
  t.deepEqual(
    ownFaults(pages).filter((fault) => !/ERR_INTERNET_DISCONNECTED|WebSocket/.test(fault)),
    [],
  );
});

testInTurn('a post is scheduled, changed, and called off', async (t) => {
  t.timeout(180_000);
  await using pages = await startPages(t);
  const ann = await pages.person('Ann Lee', { width: 320, height: 640 });
  await ann.getByRole('textbox', { name: 'Write a post' }).fill('Happy new year');
  await ann.getByRole('button', { name: 'Set a time' }).click();
  await look(t, ann, 'schedule-light-small');
  await ann.getByRole('button', { name: 'Schedule', exact: true }).click();
  await ann.getByText('It will be published on').waitFor();
  await ann.getByRole('link', { name: 'Scheduled' }).first().click();
  const row = ann.locator('.scheduled').getByRole('listitem');
  await row.getByRole('button', { name: 'Edit' }).click();
  await row.getByRole('textbox', { name: 'Text of the post' }).fill('A happy new year to all');
  await row.getByRole('button', { name: 'Save' }).click();
  await row.getByText('A happy new year to all').waitFor();
  await look(t, ann, 'scheduled-light-small');
  await ann.reload();
  await row.getByText('A happy new year to all').waitFor();
  await row.getByRole('button', { name: 'Don’t publish' }).click();
  await ann.getByText('Nothing is scheduled').waitFor();
  t.deepEqual(pages.faults, []);
});

testInTurn('a long feed goes on, keeps its place on the way back, moves for no new post, and holds what is near alone', async (t) => {
  t.timeout(240_000);
  const { pages, ann, bob } = await meet(t);
  await using _ = pages;
  const POSTS = 150;
  const ids: string[] = [];
  for (let i = 0; i < POSTS; i++)
    ids.push((await call<{ id: string }>(ann, 'POST', '/v1/me/feed', { text: `Post ${i} of many.\n${'More of it. '.repeat((i * 7) % 40)}` })).id);
  await bob.reload();
  await article(bob, `Post ${POSTS - 1} of many`).waitFor();
  const target = article(bob, 'Post 60 of many');
  const row = bob.locator(`[data-anchor="${ids[60]}"]`);
  while ((await row.count()) === 0) await bob.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
  await row.scrollIntoViewIfNeeded();
  await target.waitFor();
  const shown = { rows: await bob.locator('.row').count(), articles: await bob.getByRole('article').count() };
  t.true(shown.rows > 80, `${shown.rows} rows`);
  t.true(shown.articles < shown.rows / 2, `${shown.articles} of them are drawn`);

  const top = async () => (await target.boundingBox())?.y ?? Number.NaN;
  const before = await top();
  await call(ann, 'POST', '/v1/me/feed', { text: 'News' });
  await bob.getByRole('button', { name: '1 new post' }).waitFor();
  t.is(await top(), before, 'nothing moved');

  await target.getByRole('link', { name: 'Reply' }).click();
  await bob.getByRole('textbox', { name: 'Write a reply' }).waitFor();
  t.is(await bob.evaluate('scrollY'), 0);
  await bob.goBack();
  await target.waitFor();
  await until(
    bob,
    `[...document.querySelectorAll('article')].some((one) => one.textContent.includes('Post 60 of many') && Math.abs(one.getBoundingClientRect().top - ${before}) < 4)`,
  );

  // By keyboard from post to post; `?` tells so, and a dialog that is open gets the keys alone.
  await bob.keyboard.press('j');
  const focused = () => bob.evaluate('document.activeElement.textContent.match(/Post (\\d+) of/)?.[1]') as Promise<string | undefined>;
  const first = Number(await focused());
  await bob.keyboard.press('j');
  t.is(Number(await focused()), first - 1);
  await bob.keyboard.press('k');
  t.is(Number(await focused()), first);
  await bob.keyboard.press('?');
  await bob.getByRole('dialog').getByText('Next post').waitFor();
  await bob.keyboard.press('/');
  await bob.keyboard.press('Escape');
  t.is(new URL(bob.url()).pathname, '/');

  await bob.getByRole('button', { name: '1 new post' }).click();
  await article(bob, 'News').waitFor();
  t.is(await bob.evaluate('scrollY'), 0);
  t.deepEqual(pages.faults, []);
});
