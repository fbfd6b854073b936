/** Two people talk in the pages. */
import { testInBrowser } from './browser.ts';
import { pollUntil } from '../client/expectations.ts';
import { call, idOf, ownFaults } from './meeting.ts';
import { accessibilityFaults, picture, startPages } from './pages.ts';

testInBrowser('two people talk: found by name, unread, read, typing, offline and in order', async (t) => {
  t.timeout(180_000);
  await using pages = await startPages(t);
  const ann = await pages.person('Ann');
  const bob = await pages.person('Bob', { width: 320, height: 640, scheme: 'dark' });

  await ann.keyboard.press('/');
  await ann.getByRole('searchbox').fill('@bob');
  await ann.getByRole('button', { name: 'Message' }).click();
  const [hers, his] = [ann.getByRole('textbox', { name: 'Message' }), bob.getByRole('textbox', { name: 'Message' })];
  await hers.fill('Hello Bob');
  await hers.press('Enter');
  await ann.getByText('Sent', { exact: true }).waitFor();
  t.deepEqual(await accessibilityFaults(ann), []);

  await bob.getByRole('link', { name: 'Chat 1 unread message' }).click();
  await bob.getByRole('link', { name: /^Ann.*Hello Bob.*1 unread message/ }).waitFor();
  t.deepEqual(await accessibilityFaults(bob), []);
  await picture(bob, 'channels-dark-small');
  await bob.getByRole('link', { name: /Hello Bob/ }).click();
  await bob.getByRole('log').getByText('Hello Bob').waitFor();
  await his.fill('Hello Ann, good to see you');
  await bob.getByRole('button', { name: 'Send' }).click();
  await ann.getByRole('log').getByText('Hello Ann').waitFor();
  await bob.getByText('Read', { exact: true }).waitFor();
  await ann.getByRole('link', { name: 'Chat', exact: true }).waitFor(); // what is read in sight is not counted

  // Told now and then alone, and not before the request was answered.
  await his.pressSequentially('I am writing', { delay: 400 });
  await ann.getByText('Bob is typing…').waitFor();
  await his.fill('');

  await ann.context().setOffline(true);
  await ann.evaluate("dispatchEvent(new Event('offline'))");
  for (let n = 1; n <= 3; n++) {
    await hers.fill(`Said without a connection, ${n}`);
    await hers.press('Enter');
  }
  await ann.getByText('Waits for a connection').nth(2).waitFor();
  await ann.getByText('No connection. 3 messages wait.').waitFor();
  t.deepEqual(await accessibilityFaults(ann), []);
  await picture(ann, 'chat-offline-light');
  await ann.context().setOffline(false);
  await ann.evaluate("dispatchEvent(new Event('online'))");
  await bob.getByRole('log').getByText('Said without a connection, 3').waitFor();
  t.deepEqual(
    (await bob.getByRole('log').locator('.text').allTextContents()).map((text) => text.slice(0, 30)),
    ['Hello Bob', 'Hello Ann, good to see you', ...[1, 2, 3].map((n) => `Said without a connection, ${n}`)].map((text) => text.slice(0, 30)),
  );
  await ann.getByText('Read', { exact: true }).waitFor();
  await picture(ann, 'chat-light');
  await picture(bob, 'channel-dark-small');
  t.deepEqual(await accessibilityFaults(bob), []);
  t.true(await bob.evaluate('document.documentElement.scrollWidth <= innerWidth'));

  await ann.reload();
  await ann.getByRole('log').getByText('Said without a connection, 3').waitFor();
  await ann.getByRole('combobox', { name: 'Language' }).selectOption('ko');
  await ann.getByRole('link', { name: '채팅' }).waitFor();
  t.is(await ann.evaluate('document.documentElement.lang'), 'ko');
  await picture(ann, 'chat-korean-light');
  // Without a connection nothing could be loaded, and browsers say so.
  t.deepEqual(
    pages.faults.filter((fault) => !/ERR_INTERNET_DISCONNECTED|WebSocket/.test(fault)),
    [],
  );
});

type Told = { readonly source: string; readonly deliveries: readonly { readonly channel: string; readonly status: string }[] };

testInBrowser('what has come to a page that nobody looks at is delivered and not read, and pushed all the same', async (t) => {
  t.timeout(180_000);
  await using pages = await startPages(t);
  const ann = await pages.person('Ann');
  const bob = await pages.person('Bob');
  const { id } = await call<{ id: string }>(ann, 'POST', '/v1/channels', { kind: 'direct', members: [await idOf(bob)] });
  await call(bob, 'POST', `/v1/me/message-requests/${id}/accept`, {});
  await call(bob, 'PUT', '/v1/me/devices/phone', { platform: 'fcm', token: 'token-of-bobs-phone' });
  await ann.goto(`${pages.front}/chat/${id}`);
  const say = async (text: string) => {
    await ann.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
    await ann.keyboard.press('Enter');
  };
  const receipt = (text: string) => ann.getByRole('log').getByRole('article').filter({ hasText: text }).locator('.receipt');
  const pushes = async () => {
    const { notifications } = await call<{ notifications: readonly Told[] }>(bob, 'GET', '/v1/me/notifications');
    const ofChat = notifications.filter(({ source }) => source === 'chat').flatMap(({ deliveries }) => deliveries);
    return ofChat.filter(({ channel, status }) => channel === 'push' && status === 'accepted').length;
  };

  // At the feed, with the conversation never opened there.
  await say('Are you there?');
  await receipt('Are you there?').getByText('Delivered', { exact: true }).waitFor();
  await pollUntil('his phone is pushed', async () => (await pushes()) === 1, 60_000);

  await bob.goto(`${pages.front}/chat/${id}`);
  await receipt('Are you there?').getByText('Read', { exact: true }).waitFor();
  // Open, in a window behind others.
  await bob.evaluate(`Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' })`);
  await say('Hello?');
  await bob.getByRole('log').getByText('Hello?').waitFor();
  await receipt('Hello?').getByText('Delivered', { exact: true }).waitFor();
  await pollUntil('his phone is pushed again', async () => (await pushes()) === 2, 60_000);
  await ann.reload();
  await receipt('Hello?').getByText('Delivered', { exact: true }).waitFor();

  await bob.evaluate(`delete document.visibilityState`);
  await bob.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
  await receipt('Hello?').getByText('Read', { exact: true }).waitFor();
  t.deepEqual(ownFaults(pages), []);
});
