/** Nothing is sent to a blocked address until the operator lifts the block. */
import test from 'ava';
import { confirmContact } from '../client/confirm-contact.ts';
import { expectStatus, listOf } from '../client/expectations.ts';
import { signRequest } from '../client/sign-request.ts';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { authorizationOf, createActors, deriveKey, type Actors, type Person } from './actors.ts';
import { fetchDeliveries } from './model/notifications.ts';
import { callReadApi, callWriteApi, TEST_TIMEOUT_MS, waitUntil, waitUntilIdle, type SystemUnderTest } from './system-under-test.ts';

const PHONE = '+4930987654321';

test('a blocked phone number gets messages again after the operator has lifted the block', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  const system: SystemUnderTest = { addresses: () => Promise.resolve(tidings.addresses), adminToken: ADMIN_TOKEN };
  const actors = await createActors(system, { run: 'unblocked', size: 5 });
  const [ann] = actors.people as [Person];
  const setPhone = () => callWriteApi(system, '/v1/me/contacts/phone', { method: 'PUT', headers: authorizationOf(ann), body: { address: PHONE } });
  const path = `/v1/people/${ann.id}/contacts/phone/block`;

  await confirmContact(system.addresses, { kind: 'phone', address: PHONE, headers: authorizationOf(ann), key: 'phone' });
  await tidings.adapters.outbox.behave({ sms: { does: 'lose-endpoint', extent: { messages: 1 } } });
  t.is((await sendSms(system, actors, ann, 'bounces'))[0], 'failed');
  await waitUntil('the number is blocked', async () => (await fetchPhoneBlock(system, ann)) === 'hard-bounce');
  expectStatus([200], await setPhone());
  expectStatus([403], await callWriteApi(system, path, { method: 'DELETE', headers: authorizationOf(ann) }));
  t.deepEqual(await sendSms(system, actors, ann, 'is held back'), ['suppressed', 'blocked-hard-bounce']);

  const headers = { authorization: `Bearer ${system.adminToken}` };
  expectStatus([200], await callWriteApi(system, path, { method: 'DELETE', headers, key: deriveKey(actors.run, 'unblock') }));
  t.is((await sendSms(system, actors, ann, 'arrives'))[0], 'accepted');
  const sent = (await tidings.adapters.outbox.list({ channel: 'sms', limit: 10 })).filter(({ category }) => category !== 'account');
  t.deepEqual(
    sent.map(({ to, body }) => [to, body]),
    [[PHONE, 'arrives']],
  );
  await waitUntil('the view no longer has the block', async () => (await fetchPhoneBlock(system, ann)) === null);
});

/** Returns the delivery's status and its reason. */
async function sendSms(system: SystemUnderTest, actors: Actors, { id }: Person, text: string): Promise<readonly [status: string, reason: string | null]> {
  const path = '/v1/notifications';
  const body = { recipients: [id], category: 'news', channels: ['sms'], content: { body: text } };
  const requested = await callWriteApi(system, path, { method: 'POST', headers: () => signRequest(actors.app, 'POST', path, { body }), body });
  const notification = String(expectStatus([201], requested).body['id']);
  await waitUntilIdle(system);
  const [delivery] = await fetchDeliveries(system, actors, notification);
  return [String(delivery?.['status']), delivery?.['reason'] as string | null];
}

const fetchPhoneBlock = async (system: SystemUnderTest, person: Person) =>
  listOf(await callReadApi(system, '/v1/me/contacts', { headers: authorizationOf(person) }), 'contacts').find(({ kind }) => kind === 'phone')?.['blocked'];
