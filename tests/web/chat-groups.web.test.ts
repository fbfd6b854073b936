/** Groups by clicking: made, led, joined by links, written in by some alone, and left; and requests of strangers. */
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { testInBrowser } from './browser.ts';
import { call, idOf, look, ownFaults } from './meeting.ts';
import { startPages } from './pages.ts';

const log = (page: Page) => page.getByRole('log');
const field = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
const panel = (page: Page) => page.getByRole('complementary', { name: 'Details' });
const newGroup = async (page: Page) => {
  await page.getByRole('link', { name: /^Chat/ }).click();
  await page.getByRole('navigation', { name: 'Channels' }).getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'New group' }).click();
};

testInBrowser('a group is made, described, pictured, joined by a link with approval, led by admins, muted, and left', async (t) => {
  t.timeout(240_000);
  await using pages = await startPages(t);
  const ann = await pages.person('Ann Lee');
  const bob = await pages.person('Bob', { width: 320, height: 640, scheme: 'dark' });
  await call(ann, 'POST', '/v1/friend-requests', { person: await idOf(bob) });
  const cho = await pages.visit({ width: 320, height: 640 });

  await newGroup(ann);
  await ann.getByLabel('Title').fill('Choir');
  await ann.getByRole('searchbox', { name: 'Find people by name' }).fill('@bob');
  await ann.getByRole('checkbox', { name: 'Bob' }).check();
  await look(t, ann, 'group-new-light');
  await ann.getByRole('button', { name: 'Create' }).click();
  await ann.getByRole('heading', { name: 'Choir' }).waitFor();
  // Who isn't a friend is invited, and asked.
  await bob.getByRole('link', { name: /^Chat/ }).click();
  const invitation = bob.getByRole('list', { name: 'Invitations' });
  await invitation.getByText('Ann Lee invites you to ‘Choir’').waitFor();
  await look(t, bob, 'group-invited-dark-small');
  await invitation.getByRole('button', { name: 'Join' }).click();
  await bob.getByRole('heading', { name: 'Choir' }).waitFor();
  await log(ann).getByText('Bob joined').waitFor();

  await ann.getByRole('button', { name: 'Details' }).click();
  await panel(ann).getByLabel('What it is for').fill('We sing on Tuesdays');
  await panel(ann).getByRole('button', { name: 'Save' }).click();
  await log(ann).getByText('Ann Lee changed what the group is for').waitFor();
  const picture = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#7f9f4f' } })
    .jpeg()
    .toBuffer();
  await ann.locator('input[data-group-picture]').setInputFiles([{ name: 'choir.jpg', mimeType: 'image/jpeg', buffer: picture }]);
  await log(ann).getByText('Ann Lee changed the picture').waitFor();
  await panel(ann).getByRole('button', { name: 'Remove the picture' }).waitFor();
  await panel(ann).getByLabel('New messages').selectOption('disappear after 1 day');
  await log(bob).getByText('Ann Lee lets new messages disappear after 1 day').waitFor();
  await panel(ann).getByLabel('New messages').selectOption('stay');

  await panel(ann).getByLabel('An admin must approve').check();
  await panel(ann).getByRole('button', { name: 'Create a link' }).click();
  const link = await panel(ann).getByLabel('Send this link').inputValue();
  t.true(link.startsWith(`${pages.front}/join/`));
  await look(t, ann, 'group-details-light');

  // Whoever has to sign up first comes to the group afterwards.
  await cho.goto(link);
  await cho.getByRole('link', { name: 'Sign up' }).click();
  await cho.locator('input[name=name]').fill('Cho');
  await cho.locator('input[name=loginName]').fill('cho');
  await cho.locator('input[name=password]').fill('violet staple horse');
  await cho.locator('form button[type=submit]').click();
  await cho.locator('[data-write]').waitFor();
  await cho.goto(link);
  await cho.getByRole('button', { name: 'Join' }).click();
  await cho.getByText('You asked to join').waitFor();
  await look(t, cho, 'group-join-light-small');
  await panel(ann).getByRole('button', { name: 'Let in' }).click({ timeout: 60_000 });
  await log(ann).getByText('Ann Lee added Cho').or(log(ann).getByText('Cho joined')).waitFor();

  await panel(ann).getByRole('button', { name: 'What to do with Bob' }).click();
  await ann.getByRole('menuitem', { name: 'Make admin' }).click();
  await log(bob).getByText('Ann Lee made Bob an admin').waitFor();
  await panel(ann).getByRole('button', { name: 'What to do with Cho' }).click();
  await ann.getByRole('menuitem', { name: 'Remove' }).click();
  await ann.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await log(ann).getByText('Ann Lee removed Cho').waitFor();
  await panel(ann).getByLabel('Notify me about').selectOption('Mentions of me');
  await panel(ann).getByLabel('Mute').selectOption('For an hour');
  await ann.getByRole('navigation', { name: 'Channels' }).getByRole('img', { name: 'Muted' }).waitFor();
  await panel(ann)
    .getByText(/^Muted until/)
    .waitFor({ state: 'attached' });
  await panel(ann).getByRole('button', { name: 'Leave' }).click();
  await ann.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await ann.getByText('Choose a conversation').waitFor();
  await log(bob).getByText('Ann Lee left').waitFor();
  await bob.getByRole('button', { name: 'Details' }).click();
  await panel(bob).getByText('Owner').waitFor();
  await look(t, bob, 'group-details-dark-small');
  t.deepEqual(ownFaults(pages), []);
});

testInBrowser('in an announcement channel only some write; strangers ask first, are reported, refused and accepted', async (t) => {
  t.timeout(240_000);
  await using pages = await startPages(t);
  const ann = await pages.person('Ann Lee');
  const bob = await pages.person('Bob', { width: 320, height: 640, scheme: 'dark' });
  await newGroup(ann);
  await ann.getByLabel('Title').fill('News of the house');
  await ann.getByRole('radio', { name: /Announcement channel/ }).check();
  await ann.getByRole('button', { name: 'Create' }).click();
  await ann.getByRole('heading', { name: 'News of the house' }).waitFor();
  await ann.getByRole('button', { name: 'Details' }).click();
  await panel(ann).getByRole('button', { name: 'Create a link' }).click();
  await bob.goto(await panel(ann).getByLabel('Send this link').inputValue());
  await bob.getByRole('button', { name: 'Join' }).click();
  await bob.getByText('Only the owner and the admins write here.').waitFor();
  t.is(await field(bob).count(), 0);
  await field(ann).fill('The lift is repaired');
  await field(ann).press('Enter');
  await log(bob).getByText('The lift is repaired').waitFor();
  await look(t, bob, 'announcement-dark-small');

  const { id } = await call<{ id: string }>(ann, 'POST', '/v1/channels', { kind: 'direct', members: [await idOf(bob)] });
  await call(ann, 'POST', `/v1/channels/${id}/messages`, { text: 'May I ask something?' });
  await bob.getByRole('link', { name: 'All conversations' }).click();
  await bob.getByRole('heading', { name: 'Message requests' }).waitFor();
  await look(t, bob, 'requests-dark-small');
  await bob.getByRole('link', { name: /May I ask something/ }).click();
  await bob.getByText('Somebody who isn’t your friend writes to you.').waitFor();
  await look(t, bob, 'request-dark-small');
  await bob.getByRole('main').getByRole('button', { name: 'More', exact: true }).last().click();
  await bob.getByRole('menuitem', { name: 'Report this person' }).click();
  await bob.getByRole('dialog').getByRole('button', { name: 'Report' }).click();
  await bob.getByText('Thank you.').waitFor();
  await bob.keyboard.press('Escape');
  await bob.getByRole('button', { name: 'Refuse' }).click();
  await bob.getByRole('heading', { name: 'Chat' }).waitFor();

  const cho = await pages.person('Cho');
  const { id: other } = await call<{ id: string }>(cho, 'POST', '/v1/channels', { kind: 'direct', members: [await idOf(bob)] });
  await call(cho, 'POST', `/v1/channels/${other}/messages`, { text: 'Hello from Cho' });
  await bob.getByRole('link', { name: /Hello from Cho/ }).click();
  await bob.getByRole('button', { name: 'Accept' }).click();
  await bob.getByText('Somebody who isn’t your friend writes to you.').waitFor({ state: 'detached' });
  t.deepEqual(ownFaults(pages), []);
});
