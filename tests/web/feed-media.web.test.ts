/** Pictures, videos and the pages that links lead to, in posts. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { testInTurnWith } from '../servers/availability.ts';
import { temporaryFolder } from '../start-for-test.ts';
import { article, call, idOf, look, meet, ownFaults, until } from './meeting.ts';

const testInTurn = testInTurnWith('chromium', 'ffmpeg');

const image = (background: string, [width, height] = [1_200, 800]) =>
  sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer();
const file = async (name: string, background: string, size?: [number, number]) => ({
  name: `${name}.jpg`,
  mimeType: 'image/jpeg',
  buffer: await image(background, size),
});

testInTurn('pictures are chosen, dropped and pasted, described, published, and seen one after the other', async (t) => {
  t.timeout(180_000);
  const { pages, ann, bob } = await meet(t);
  await using _ = pages;
  const composer = ann.locator('form.composer');
  await ann.locator('input[data-files]').setInputFiles([await file('sea', '#2f6f9f'), await file('hills', '#7f9f4f', [800, 1_200])]);
  await composer.getByText('Ready').nth(1).waitFor();
  await composer.getByRole('textbox', { name: 'Description of sea.jpg' }).fill('The sea at noon');
  await drop(ann, 'drop', await image('#b05030'));
  await drop(ann, 'paste', await image('#303080'));
  await composer.getByText('Ready').nth(3).waitFor();
  await ann.locator('input[data-files]').setInputFiles([{ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Notes') }]);
  await composer.getByText('1 file was not taken').waitFor();
  await composer.getByRole('button', { name: 'Remove paste.jpg' }).click();
  t.is(await composer.getByRole('listitem').count(), 3);
  await ann.getByRole('textbox', { name: 'Write a post' }).fill('Three pictures of the summer');
  await look(t, ann, 'composer-light');
  await ann.getByRole('button', { name: 'Publish', exact: true }).click();
  await article(ann, 'Three pictures').getByRole('button', { name: 'The sea at noon' }).waitFor();
  t.is(await composer.getByRole('listitem').count(), 0);
  await look(t, ann, 'pictures-light');

  await bob.reload();
  const tile = article(bob, 'Three pictures').getByRole('button', { name: 'The sea at noon' });
  await tile.waitFor();
  await until(bob, `[...document.querySelectorAll('.media img')].every(({ naturalWidth }) => naturalWidth > 0)`);
  await look(t, bob, 'pictures-dark-small');
  await tile.focus();
  await bob.keyboard.press('Enter');
  const viewer = bob.getByRole('dialog', { name: 'Pictures and videos' });
  await viewer.getByText('1 of 3').waitFor();
  await look(t, bob, 'viewer-dark-small');
  await bob.keyboard.press('ArrowRight');
  await viewer.getByText('2 of 3').waitFor();
  await bob.keyboard.press('ArrowRight');
  await bob.keyboard.press('ArrowRight');
  await viewer.getByText('3 of 3').waitFor();
  await bob.keyboard.press('Escape');
  await viewer.waitFor({ state: 'detached' });
  t.is(await bob.evaluate('document.activeElement.textContent'), 'The sea at noon', 'the focus is back');

  // What is no picture is refused by the server, and can be taken off.
  await ann.locator('input[data-files]').setInputFiles([{ name: 'broken.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') }]);
  await composer.getByRole('alert').waitFor();
  await composer.getByRole('button', { name: 'Remove broken.jpg' }).click();
  t.deepEqual(ownFaults(pages), []);
});

/** As when somebody drops a file from a folder, or pastes a picture. */
const drop = async (page: Page, type: 'drop' | 'paste', bytes: Buffer): Promise<void> => {
  await page.evaluate(`
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(atob('${bytes.toString('base64')}'), (character) => character.charCodeAt(0));
    transfer.items.add(new File([bytes], '${type}.jpg', { type: 'image/jpeg' }));
    const options = { bubbles: true, cancelable: true };
    const event = '${type}' === 'drop'
      ? new DragEvent('drop', { ...options, dataTransfer: transfer })
      : new ClipboardEvent('paste', { ...options, clipboardData: transfer });
    document.querySelector('[data-write]').dispatchEvent(event);
  `);
};

testInTurn('where a link leads is shown beside it, and a video by its first picture, in places that are kept for them', async (t) => {
  t.timeout(180_000);
  const { pages, ann, bob } = await meet(t, { serviceWorkers: 'block' });
  await using _ = pages;
  await ann.locator('input[data-files]').setInputFiles([{ name: 'waves.mp4', mimeType: 'video/mp4', buffer: await videoBytes() }]);
  await ann.locator('form.composer').getByText('Ready').waitFor();
  await ann.getByRole('textbox', { name: 'Write a post' }).fill('Waves, as on https://example.org/waves');
  await ann.getByRole('button', { name: 'Publish', exact: true }).click();
  await article(ann, 'Waves').waitFor();
  // What the server has read of the page, which no test may ask the internet for.
  await bob.route('**/v1/me/feed?*', async (route) => {
    const answer = await route.fetch();
    const page = (await answer.json()) as { posts: object[] };
    const preview = {
      url: 'https://example.org/waves',
      title: 'Waves and how they break',
      description: 'A short history of the sea.',
      site: 'Example',
      image: null,
    };
    await route.fulfill({ response: answer, json: { ...page, posts: page.posts.map((post) => ({ ...post, media: [], preview })) } });
  });
  await article(ann, 'Waves').getByRole('button', { name: 'Video 1 of 1' }).click();
  await ann.getByRole('dialog').locator('video').waitFor();
  await until(ann, `document.querySelector('video').readyState >= HTMLMediaElement.HAVE_METADATA`);
  await look(t, ann, 'video-light');
  await ann.keyboard.press('Escape');
  await look(t, ann, 'video-tile-light');
  await bob.reload();
  const preview = article(bob, 'Waves').getByRole('link', { name: 'Waves and how they break' });
  await preview.waitFor();
  t.is(await preview.getAttribute('rel'), 'noopener noreferrer nofollow');
  await look(t, bob, 'preview-dark-small');
  t.deepEqual(pages.faults, []);
});

testInTurn('an address of a picture that has ended is asked for anew', async (t) => {
  t.timeout(120_000);
  const { pages, ann } = await meet(t, { serviceWorkers: 'block' });
  await using _ = pages;
  await ann.getByLabel('Who may read it').selectOption('self');
  await ann.locator('input[data-files]').setInputFiles([await file('own', '#6f4f9f')]);
  await ann.locator('form.composer').getByText('Ready').waitFor();
  await ann.getByRole('button', { name: 'Publish', exact: true }).click();
  await ann.getByRole('button', { name: 'Picture 1 of 1' }).waitFor();
  await ann.route('**/v1/me/feed?*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replaceAll(/until=\d+/g, 'until=1000000000') });
  });
  await ann.reload();
  await until(ann, `(document.querySelector('.media img')?.naturalWidth ?? 0) > 0`);
  t.deepEqual(ownFaults(pages), []);
});

/** Two seconds of it. */
async function videoBytes(): Promise<Buffer> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'waves.mp4');
  spawnSync('ffmpeg', ['-f', 'lavfi', '-i', 'testsrc=duration=2:size=320x180:rate=10', '-pix_fmt', 'yuv420p', path]);
  return await readFile(path);
}

testInTurn('people are followed, befriended, muted and blocked from their profiles, and found by their pictures', async (t) => {
  t.timeout(180_000);
  const { pages, ann, bob } = await meet(t);
  await using _ = pages;
  await ann.locator('input[data-files]').setInputFiles([await file('ann', '#a04060', [600, 600])]);
  const asked = await ann.waitForRequest(/\/v1\/me\/media\//);
  await ann.locator('form.composer').getByText('Ready').waitFor();
  await ann.getByRole('button', { name: 'Remove ann.jpg' }).click();
  await call(ann, 'PATCH', '/v1/me', { picture: { media: asked.url().split('/').at(-1), alt: 'Ann in red' } });
  await call(ann, 'POST', '/v1/me/feed', { text: 'With a face' });
  const annId = await idOf(ann);
  await bob.reload();
  await article(bob, 'With a face').locator('.avatar img').waitFor();

  await bob.goto(`${pages.front}/people/${annId}`);
  await bob.getByRole('button', { name: 'Ann in red' }).waitFor();
  await look(t, bob, 'profile-picture-dark-small');
  await bob.getByRole('button', { name: 'Following', pressed: true }).click();
  await bob.getByRole('button', { name: 'Follow', exact: true }).waitFor();
  await bob.getByText('0 followers').waitFor();
  await bob.getByRole('button', { name: 'Follow', exact: true }).click();
  await bob.getByText('1 follower').waitFor();
  await bob.getByRole('button', { name: 'Add friend' }).click();
  await bob.getByRole('button', { name: 'Withdraw friend request' }).waitFor();
  await bob.getByRole('button', { name: 'More about this person' }).click();
  await look(t, bob, 'profile-menu-dark-small');
  await bob.getByRole('menuitem', { name: 'Mute' }).click();
  await bob.getByText('Muted: your feed').waitFor();
  await bob.getByRole('button', { name: 'More about this person' }).click();
  await bob.getByRole('menuitem', { name: 'Block' }).click();
  await bob.getByText('Blocked: neither of you').waitFor();
  await look(t, bob, 'blocked-dark-small');
  await bob.getByRole('button', { name: 'Unblock' }).click();
  await bob.getByRole('button', { name: 'More about this person' }).waitFor();
  await bob.getByRole('link', { name: 'People', exact: true }).click();
  await bob.getByRole('searchbox').fill('ann');
  await bob.getByRole('list').getByRole('link', { name: 'Ann Lee' }).first().waitFor();
  await look(t, bob, 'people-dark-small');
  t.deepEqual(ownFaults(pages), []);
});
