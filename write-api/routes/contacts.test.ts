import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { HardBlock } from '../../domain/people/events.ts';
import type { EndpointId } from '../../domain/shared/ids.ts';
import { contactsStream } from '../../domain/shared/streams.ts';
import { givenWriteApi, type LoggedInPerson, type WriteApiFixture } from '../test-fixture.ts';

const PHONE = { body: { address: '+4930123456' } };
const blockOf = ({ person }: LoggedInPerson, kind = 'phone') => `/v1/people/${person}/contacts/${kind}/block`;

/** Blocks the person’s telephone number as the delivery worker does. */
async function blocked(api: WriteApiFixture, person: LoggedInPerson, reason: HardBlock): Promise<void> {
  const { id } = (await api.request(person, 'PUT', '/v1/me/contacts/phone', PHONE)).body;
  const { commands } = api.commands.process();
  await commands.blockEndpoint({ person: person.person, endpoint: id as EndpointId, reason }, api.commands.context('system:deliver'));
}

test('the operator lifts a block of any reason, and once is enough', async (t) => {
  await using api = await givenWriteApi();
  for (const reason of ['stop', 'hard-bounce', 'complaint'] as const) {
    const ada = await api.person();
    await blocked(api, ada, reason);
    const lifted = await api.request('operator', 'DELETE', blockOf(ada));
    t.deepEqual([lifted.status, lifted.body.stream, lifted.body.revision], [200, contactsStream(ada.person), 2], reason);
    t.is((await api.request('operator', 'DELETE', blockOf(ada))).status, 200, reason);
  }
});

test('an address in another case or another script is the same endpoint, and its STOP holds', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const set = async (address: string) => (await api.request(ada, 'PUT', '/v1/me/contacts/email', { body: { address } })).body.id;
  for (const [one, other] of [
    ['Ada@Example.org', 'ada@example.ORG'],
    ['Ada@Bücher.example', 'ada@xn--bcher-kva.example'],
    ['jörg@example.org', 'JO\u0308RG@example.org'],
  ] as const) {
    const id = await set(one);
    await api.commands
      .process()
      .commands.blockEndpoint({ person: ada.person, endpoint: id as EndpointId, reason: 'stop' }, api.commands.context('system:deliver'));
    await api.request(ada, 'DELETE', '/v1/me/contacts/email');
    t.is(await set(other), id);
    t.is((await api.request('operator', 'DELETE', blockOf(ada, 'email'))).status, 200, 'it was still blocked');
  }
  t.not(await set('ada+boats@example.org'), await set('ada@example.org'));
});

test('a telephone number has one form, however it is written, and what can be none is refused', async (t) => {
  await using api = await givenWriteApi({
    limits: { 'contact-codes': { points: 100, windowSeconds: 60 }, 'contact-codes-of-address': { points: 100, windowSeconds: 60 } },
  });
  const ada = await api.person();
  const set = async (body: Readonly<Record<string, string>>) => api.request(ada, 'PUT', '/v1/me/contacts/phone', { body });
  for (const number of ['+4930123456', '+6834000', '+390612345678']) t.is((await set({ address: number })).status, 201, number);
  const { id } = (await set({ address: '+4930123456' })).body;
  for (const address of ['+49 30 123456', '+49 (0)30 123456', '＋4930123456', '+٤٩٣٠١٢٣٤٥٦', '+4930123456\n'])
    t.is((await set({ address })).body['id'], id, address);
  t.is((await set({ address: '030 123456', country: 'DE' })).body['id'], id);
  for (const address of ['004930123456', '030123456', '+0301234567', '+123456', '+123456789012345', '+1234567890123456', '+4930123456 ext 3'])
    t.deepEqual(await refusalOf(set({ address })), [422, 'phone-number-invalid'], address);
});

test('a person can’t lift a block, neither by the route nor by setting the address again', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  await blocked(api, ada, 'complaint');
  t.deepEqual(await refusalOf(api.request(ada, 'DELETE', blockOf(ada))), [403, 'forbidden']);
  t.is((await api.request(ada, 'DELETE', '/v1/me/contacts/phone')).status, 200);
  t.deepEqual(await refusalOf(api.request('operator', 'DELETE', blockOf(ada))), [404, 'endpoint-unknown']);
  t.is((await api.request(ada, 'PUT', '/v1/me/contacts/phone', PHONE)).status, 201);
  t.is((await api.request('operator', 'DELETE', blockOf(ada))).status, 200, 'it was still there');
});

test('an unknown contact can’t be unblocked', async (t) => {
  await using api = await givenWriteApi();
  const [ada, gone] = [await api.person(), await api.person()];
  t.deepEqual(await refusalOf(api.request('operator', 'DELETE', blockOf(ada, 'email'))), [404, 'endpoint-unknown']);
  t.deepEqual(await refusalOf(api.request('operator', 'DELETE', blockOf(ada, 'fax'))), [400, 'bad-request']);
  t.deepEqual(await refusalOf(api.request('operator', 'DELETE', `/v1/people/${randomUUID()}/contacts/phone/block`)), [404, 'person-unknown']);
  await blocked(api, gone, 'stop');
  await api.request(gone, 'DELETE', '/v1/me');
  t.deepEqual(await refusalOf(api.request('operator', 'DELETE', blockOf(gone))), [409, 'person-erased']);
});

async function refusalOf(asked: ReturnType<WriteApiFixture['request']>) {
  const { status, body } = await asked;
  return [status, body.code];
}
