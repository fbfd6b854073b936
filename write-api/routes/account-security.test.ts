import test from 'ava';
import { RECENT_LOGIN_MS, SESSIONS_MAX } from '../../domain/people/session.ts';
import { MINUTE_MS, plus } from '../../domain/shared/instant.ts';
import { givenWriteApi, type LoggedInPerson, type WriteApiFixture } from '../test-fixture.ts';

const PASSWORD = 'correct horse';

const another = async (api: WriteApiFixture, { loginName, person }: LoggedInPerson, password = PASSWORD): Promise<LoggedInPerson> => {
  api.commands.now = plus(api.commands.now, 1_000); // so that the newest is known
  const { token } = (await api.request('anonymous', 'POST', '/v1/sessions', { body: { loginName, password } })).body;
  return { loginName, person, token };
};
const codeOf = async (answer: ReturnType<WriteApiFixture['request']>) => {
  const { status, body } = await answer;
  return status < 300 ? status : body.code;
};
const isIn = async (api: WriteApiFixture, who: LoggedInPerson) => (await codeOf(api.request(who, 'GET', '/v1/gateway'))) === 200;

test('changing the password asks for the old one, and ends every other session', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const elsewhere = await another(api, ada);
  const change = (password: string, newPassword: string) => codeOf(api.request(ada, 'PUT', '/v1/me/password', { body: { password, newPassword } }));
  t.is(await change('a wrong one', 'a stable full of staples'), 'password-wrong');
  t.true(await isIn(api, elsewhere));
  t.is(await change(PASSWORD, 'a stable full of staples'), 204);
  t.deepEqual([await isIn(api, ada), await isIn(api, elsewhere)], [true, false]);
  t.is(await codeOf(api.request('anonymous', 'POST', '/v1/sessions', { body: { loginName: ada.loginName, password: PASSWORD } })), 'login-failed');
  t.true(await isIn(api, await another(api, ada, 'a stable full of staples')));
});

test('a changed password makes the devices unknown that the old one had opened', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const logIn = (password: string, deviceSecret?: string) =>
    api.request('anonymous', 'POST', '/v1/sessions', { body: { loginName: ada.loginName, password, ...(deviceSecret === undefined ? {} : { deviceSecret }) } });
  const { deviceSecret } = (await logIn(PASSWORD)).body;
  await api.request(ada, 'PUT', '/v1/me/password', { body: { password: PASSWORD, newPassword: 'a stable full of staples' } });
  t.not((await logIn('a stable full of staples', deviceSecret)).body.deviceSecret, deviceSecret);
});

test('passwords that are guessed first and those with the login name are refused, at the sign-up and later', async (t) => {
  await using api = await givenWriteApi();
  const signUp = (loginName: string, password: string) =>
    codeOf(api.request('anonymous', 'POST', '/v1/people', { body: { loginName, name: 'Grace', password } }));
  for (const password of ['password', 'PassWord1', '12345678', 'qwertyuiop', 'iloveyou1'])
    t.is(await signUp('grace', password), 'password-too-common', password);
  for (const password of ['grace-hopper', 'my name is GRACE', 'ｇｒａｃｅ and more'])
    t.is(await signUp(' Grace ', password), 'password-has-login-name', password);
  t.is(await signUp('al', 'a pal of mine'), 201, 'a short name is in it by chance');
  const ada = await api.person();
  const change = (newPassword: string) => codeOf(api.request(ada, 'PUT', '/v1/me/password', { body: { password: PASSWORD, newPassword } }));
  t.is(await change('password1'), 'password-too-common');
  t.is(await change(`!${ada.loginName.toUpperCase()}!`), 'password-has-login-name');
});

test('guesses at the old password are limited, and a new one that is refused doesn’t forget them', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const change = (password: string, newPassword: string) => codeOf(api.request(ada, 'PUT', '/v1/me/password', { body: { password, newPassword } }));
  const codes = [];
  for (let n = 0; n < 5; n++) {
    codes.push(await change(`guess ${n}`, 'a stable full of staples'));
    await change(`guess ${n}`, 'password1');
  }
  t.deepEqual(codes, Array(5).fill('password-wrong'));
  t.is(await change(PASSWORD, 'a stable full of staples'), 'rate-limited');
});

test('a person sees the open sessions, ends one of them, and all others', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob] = [await api.person(), await api.person()];
  const [second, third] = [await another(api, ada), await another(api, ada)];
  const list = async (who: LoggedInPerson) =>
    (await api.request(who, 'GET', '/v1/me/sessions')).body as unknown as {
      readonly sessions: readonly { readonly session: string; readonly current: boolean }[];
    };
  const { sessions } = await list(ada);
  t.deepEqual(
    sessions.map(({ current }) => current),
    [false, false, true],
  );
  const [newest, middle] = sessions.map(({ session }) => session);
  t.is(await codeOf(api.request(bob, 'DELETE', `/v1/me/sessions/${newest}`)), 'session-unknown', 'it is another’s');
  t.is(await codeOf(api.request(ada, 'DELETE', `/v1/me/sessions/${newest}`)), 204);
  t.is(await codeOf(api.request(ada, 'DELETE', `/v1/me/sessions/${newest}`)), 'session-unknown');
  t.deepEqual([await isIn(api, third), await isIn(api, second)], [false, true]);
  t.is((await list(ada)).sessions[0]?.session, middle);
  t.is(await codeOf(api.request(second, 'DELETE', '/v1/me/sessions')), 204);
  t.deepEqual([await isIn(api, ada), await isIn(api, second), await isIn(api, bob)], [false, true, true]);
  t.is(await codeOf(api.request('operator', 'DELETE', `/v1/people/${ada.person}/sessions`)), 204);
  t.deepEqual([await isIn(api, second), await isIn(api, bob)], [false, true]);
});

test('what can’t be undone needs a recent login, which replaces the session', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  api.commands.now = plus(api.commands.now, RECENT_LOGIN_MS);
  for (const path of ['/v1/me', '/v1/me/sessions']) {
    const { status, body } = await api.request(ada, 'DELETE', path);
    t.deepEqual([status, body.code, body.facts?.['maxMinutes']], [403, 'login-not-recent', RECENT_LOGIN_MS / MINUTE_MS], path);
  }
  t.is(await codeOf(api.request(ada, 'PATCH', '/v1/me', { body: { about: 'Engines' } })), 200, 'other things need none');
  const again = (password: string) => api.request(ada, 'POST', '/v1/sessions/current/authentication', { body: { password } });
  t.is((await again('a wrong one')).body.code, 'password-wrong');
  t.true(await isIn(api, ada));
  const recent = { ...ada, token: (await again(PASSWORD)).body.token };
  t.deepEqual([await isIn(api, ada), await isIn(api, recent)], [false, true], 'the old token is valid no more');
  t.is(await codeOf(api.request(recent, 'DELETE', '/v1/me')), 200);
});

test('of too many sessions the oldest ends', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const second = await another(api, ada);
  for (let n = 0; n < SESSIONS_MAX - 1; n++) await another(api, ada);
  t.deepEqual([await isIn(api, ada), await isIn(api, second)], [false, true]);
});

test('the list of sessions says which device each is on, what it is called, and whether it gets pushes, through a second login as well', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const logIn = { loginName: ada.loginName, password: PASSWORD, device: 'phone-1', deviceName: 'Ada’s phone' };
  const { token } = (await api.request('anonymous', 'POST', '/v1/sessions', { body: logIn })).body;
  const onPhone = { ...ada, token };
  type Listed = { readonly sessions: readonly { readonly device: string | null; readonly current: boolean }[] };
  const current = async (who: LoggedInPerson) =>
    ((await api.request(who, 'GET', '/v1/me/sessions')).body as unknown as Listed).sessions.find((session) => session.current);
  t.like(await current(onPhone), { device: 'phone-1', deviceName: 'Ada’s phone', pushes: false });
  t.is(await codeOf(api.request(onPhone, 'PUT', '/v1/me/devices/phone-1', { body: { platform: 'fcm', token: 'a-token' } })), 201);
  t.like(await current(onPhone), { pushes: true });
  const again = (await api.request(onPhone, 'POST', '/v1/sessions/current/authentication', { body: { password: PASSWORD } })).body;
  t.like(await current({ ...ada, token: again.token }), { device: 'phone-1', deviceName: 'Ada’s phone' });
});

test('a person logs out on all other devices, or on all', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const elsewhere = await another(api, ada);
  t.is(await codeOf(api.request(ada, 'DELETE', '/v1/me/sessions')), 204);
  t.deepEqual([await isIn(api, ada), await isIn(api, elsewhere)], [true, false]);
  const third = await another(api, ada);
  t.is(await codeOf(api.request(third, 'DELETE', '/v1/me/sessions?current=ends')), 204);
  t.deepEqual([await isIn(api, ada), await isIn(api, third)], [false, false]);
});
