import test from 'ava';
import { DEVICES_MAX } from '../../domain/people/contacts.ts';
import { givenWriteApi, type LoggedInPerson, type WriteApiFixture } from '../test-fixture.ts';

const PASSWORD = 'correct horse';
const register = (api: WriteApiFixture, person: LoggedInPerson, device: string) =>
  api.request(person, 'PUT', `/v1/me/devices/${device}`, { body: { platform: 'fcm', token: `token of ${person.person} on ${device}` } });
const isOpen = async (api: WriteApiFixture, person: LoggedInPerson) => (await api.request(person, 'GET', '/v1/gateway')).status === 200;

async function logInOn(api: WriteApiFixture, person: LoggedInPerson, device: string): Promise<LoggedInPerson> {
  const { status, body } = await api.request('anonymous', 'POST', '/v1/sessions', { body: { loginName: person.loginName, password: PASSWORD, device } });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return { ...person, token: body.token };
}

test('one device more than the limit is registered, and the oldest ends with the sessions that were opened on it', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const [onFirst, onSecond] = [await logInOn(api, ada, 'device-0'), await logInOn(api, ada, 'device-1')];
  for (let i = 0; i <= DEVICES_MAX; i++) t.is((await register(api, ada, `device-${i}`)).status, 201, `device-${i}`);
  t.deepEqual([await isOpen(api, onFirst), await isOpen(api, onSecond), await isOpen(api, ada)], [false, true, true]);
  t.deepEqual(
    api.commands.hints.filter(({ kind }) => kind === 'device-removed'),
    [{ kind: 'device-removed', device: 'device-0' }],
  );
});

test('the session that registers one device more than the limit stays open, also where it was opened on the oldest', async (t) => {
  await using api = await givenWriteApi();
  const ada = await logInOn(api, await api.person(), 'device-0');
  for (let i = 0; i <= DEVICES_MAX; i++) t.is((await register(api, ada, `device-${i}`)).status, 201, `device-${i}`);
  t.true(await isOpen(api, ada));
});

test('a device that was logged out on is registered no more, until it registers again', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const onPhone = await logInOn(api, ada, 'phone');
  t.is((await register(api, onPhone, 'phone')).body.revision, 0);
  t.is((await api.request(onPhone, 'DELETE', '/v1/sessions/current')).status, 204);
  const again = await register(api, await logInOn(api, ada, 'phone'), 'phone');
  t.deepEqual([again.status, again.body.revision], [201, 2], 'the log-out is the event between the two');
});
