/** Two people meet in the pages: they sign up, find each other, become friends, and read what each other writes. */
import { testInBrowser } from './browser.ts';
import { accessibilityFaults, picture, startPages } from './pages.ts';

testInBrowser('two people sign up, become friends, publish, like and reply by clicking', async (t) => {
  t.timeout(180_000);
  await using pages = await startPages(t);
  const ann = await pages.person('Ann Lee');
  t.deepEqual(await accessibilityFaults(ann), []);
  const bob = await pages.person('Bob', { width: 360, height: 700, scheme: 'dark' });

  await ann.keyboard.press('Escape');
  await ann.getByRole('link', { name: 'People', exact: true }).click();
  await ann.getByRole('searchbox').fill('bob');
  await ann.getByRole('button', { name: 'Add friend' }).click();
  await ann.getByText('Request sent').waitFor();
  t.deepEqual(await accessibilityFaults(ann), []);
  await picture(ann, 'people-light');

  await bob.getByRole('link', { name: 'People', exact: true }).click();
  await bob.getByRole('button', { name: 'Accept' }).click();
  await bob.getByRole('button', { name: 'Message' }).waitFor();
  t.deepEqual(await accessibilityFaults(bob), []);
  await picture(bob, 'people-dark-small');
  await bob.getByRole('link', { name: 'Feed', exact: true }).click();
  await bob.getByText('Nothing here yet').or(bob.getByRole('article')).first().waitFor();

  await ann.getByRole('link', { name: 'Feed', exact: true }).click();
  await ann.getByRole('textbox', { name: 'Write a post' }).fill('The first tomatoes are ripe. See https://example.org/tomatoes');
  await ann.getByRole('button', { name: 'Publish' }).click();
  await ann.getByRole('article', { name: 'Post of Ann Lee' }).getByText('The first tomatoes').waitFor();

  const own = bob.getByRole('article', { name: 'Post of Ann Lee' });
  await bob.getByRole('button', { name: '1 new post' }).or(own).first().waitFor();
  if ((await own.count()) === 0) await bob.getByRole('button', { name: '1 new post' }).click();
  await own.getByRole('button', { name: 'Like' }).click();
  await own.getByRole('button', { name: 'Like, 1 like', pressed: true }).waitFor();
  t.deepEqual(await accessibilityFaults(bob), []);
  await picture(bob, 'feed-dark-small');
  t.true(await bob.evaluate('document.documentElement.scrollWidth <= innerWidth'));

  await own.getByRole('link', { name: 'Reply' }).click();
  await bob.getByRole('textbox', { name: 'Write a reply' }).fill('Save me two, please!');
  await bob.getByRole('button', { name: 'Reply', exact: true }).click();
  await bob.getByRole('article', { name: 'Post of Bob' }).waitFor();
  await bob.getByRole('link', { name: '1 reply' }).first().waitFor();
  t.deepEqual(await accessibilityFaults(bob), []);
  await picture(bob, 'thread-dark-small');

  await ann.getByRole('article').getByRole('link', { name: 'repl' }).click();
  await ann.getByText('Save me two').waitFor();
  await ann.getByRole('article', { name: 'Post of Bob' }).getByRole('link', { name: 'Bob' }).click();
  await ann.getByRole('heading', { name: 'Bob' }).waitFor();
  await ann.getByText('Friend', { exact: true }).waitFor();
  t.deepEqual(await accessibilityFaults(ann), []);
  await picture(ann, 'profile-light');
  await ann.goBack();
  await ann.getByText('Save me two').waitFor();

  await ann.getByRole('button', { name: 'Log out' }).click();
  await ann.getByRole('heading', { name: 'Log in' }).waitFor();
  t.deepEqual(await accessibilityFaults(ann), []);
  await picture(ann, 'log-in-light');
  t.deepEqual(await ann.context().cookies(), []);
  await ann.getByLabel('Login name').fill('ann-lee');
  await ann.getByLabel('Password').fill('violet staple horse');
  await ann.getByRole('button', { name: 'Log in' }).click();
  await ann.getByRole('article').first().waitFor();
  await picture(ann, 'feed-light');
  t.deepEqual(pages.faults, []);
});
