/** Who is written to no more is written to again once the operator has taken the block back, and not before. */
import test from 'ava';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { as, gather, keyIn, signatureOf, type Cast, type Person } from './actors.ts';
import { deliveriesOf } from './notifications-model.ts';
import { expectStatus, listIn, read, settled, TEST_TIMEOUT_MS, until, write, type Site } from './installation.ts';

const PHONE = '+4930987654321';

/** What became of a text message to this person: its status, and why. */
async function tell(site: Site, cast: Cast, { id }: Person, text: string): Promise<readonly [status: string, reason: string | null]> {
  const path = '/v1/notifications';
  const body = { recipients: [id], category: 'news', channels: ['sms'], content: { body: text } };
  const asked = await write(site, path, { method: 'POST', headers: () => signatureOf(cast.app, 'POST', path, { body }), body });
  const notification = String(expectStatus([201], asked).body['id']);
  await settled(site);
  const [delivery] = await deliveriesOf(site, cast, notification);
  return [String(delivery?.['status']), delivery?.['reason'] as string | null];
}

const blockOn = async (site: Site, person: Person) =>
  listIn(await read(site, '/v1/me/contacts', { headers: as(person) }), 'contacts').find(({ kind }) => kind === 'phone')?.['blocked'];

test('a number that was blocked is sent to again once the operator has taken the block back', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  await using house = await startTidingsForTest(folder.path);
  const site: Site = { addresses: () => Promise.resolve(house.addresses), adminToken: ADMIN_TOKEN };
  const cast = await gather(site, { run: 'unblocked', size: 5 });
  const [ann] = cast.people as [Person];
  const setPhone = () => write(site, '/v1/me/contacts/phone', { method: 'PUT', headers: as(ann), body: { address: PHONE } });
  const path = `/v1/people/${ann.id}/contacts/phone/block`;

  expectStatus([201], await setPhone());
  house.adapters.outbox.behave({ sms: { does: 'lose-endpoint', extent: { messages: 1 } } });
  t.is((await tell(site, cast, ann, 'bounces'))[0], 'failed');
  await until('the number is blocked', async () => (await blockOn(site, ann)) === 'hard-bounce');
  expectStatus([200], await setPhone());
  expectStatus([403], await write(site, path, { method: 'DELETE', headers: as(ann) }));
  t.deepEqual(await tell(site, cast, ann, 'is held back'), ['suppressed', 'blocked-hard-bounce']);

  const headers = { authorization: `Bearer ${site.adminToken}` };
  expectStatus([201], await write(site, path, { method: 'DELETE', headers, key: keyIn(cast.run, 'unblock') }));
  t.is((await tell(site, cast, ann, 'arrives'))[0], 'accepted');
  const sent = await house.adapters.outbox.list({ channel: 'sms', limit: 10 });
  t.deepEqual(
    sent.map(({ to, body }) => [to, body]),
    [[PHONE, 'arrives']],
  );
  await until('the block is seen to be gone', async () => (await blockOn(site, ann)) === null);
});
