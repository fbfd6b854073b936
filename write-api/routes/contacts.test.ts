import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { HardBlock } from '../../domain/people/events.ts';
import type { EndpointId } from '../../domain/shared/ids.ts';
import { givenWriteApi, type Person, type WriteApiFixture } from '../test-fixture.ts';

const PHONE = { body: { address: '+4930123456' } };
const blockOf = ({ person }: Person, kind = 'phone') => `/v1/people/${person}/contacts/${kind}/block`;

/** As the worker notes it that heard of it. */
async function blocked(api: WriteApiFixture, who: Person, reason: HardBlock): Promise<void> {
  const { id } = (await api.ask(who, 'PUT', '/v1/me/contacts/phone', PHONE)).body;
  const { commands } = api.commands.process();
  await commands.blockEndpoint({ person: who.person, endpoint: id as EndpointId, reason }, api.commands.context('system:deliver'));
}

test('the operator takes a block back, whatever it came of, and once is enough', async (t) => {
  await using api = await givenWriteApi();
  for (const reason of ['stop', 'hard-bounce', 'complaint'] as const) {
    const ada = await api.person();
    await blocked(api, ada, reason);
    const lifted = await api.ask('operator', 'DELETE', blockOf(ada));
    t.deepEqual([lifted.status, lifted.body.stream, lifted.body.revision], [201, `contacts-${ada.person}`, 2], reason);
    t.is((await api.ask('operator', 'DELETE', blockOf(ada))).status, 200, reason);
  }
});

test('a person takes back no block, neither by asking nor by setting the address anew', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  await blocked(api, ada, 'complaint');
  t.deepEqual(await refusalOf(api.ask(ada, 'DELETE', blockOf(ada))), [403, 'forbidden']);
  t.is((await api.ask(ada, 'DELETE', '/v1/me/contacts/phone')).status, 201);
  t.deepEqual(await refusalOf(api.ask('operator', 'DELETE', blockOf(ada))), [404, 'endpoint-unknown']);
  t.is((await api.ask(ada, 'PUT', '/v1/me/contacts/phone', PHONE)).status, 201);
  t.is((await api.ask('operator', 'DELETE', blockOf(ada))).status, 201, 'it was still there');
});

test('what is not there can’t be unblocked', async (t) => {
  await using api = await givenWriteApi();
  const [ada, gone] = [await api.person(), await api.person()];
  t.deepEqual(await refusalOf(api.ask('operator', 'DELETE', blockOf(ada, 'email'))), [404, 'endpoint-unknown']);
  t.deepEqual(await refusalOf(api.ask('operator', 'DELETE', blockOf(ada, 'fax'))), [400, 'bad-request']);
  t.deepEqual(await refusalOf(api.ask('operator', 'DELETE', `/v1/people/${randomUUID()}/contacts/phone/block`)), [404, 'person-unknown']);
  await blocked(api, gone, 'stop');
  await api.ask(gone, 'DELETE', '/v1/me');
  t.deepEqual(await refusalOf(api.ask('operator', 'DELETE', blockOf(gone))), [409, 'person-erased']);
});

async function refusalOf(asked: ReturnType<WriteApiFixture['ask']>) {
  const { status, body } = await asked;
  return [status, body.code];
}
