/** A forgotten password is reset by whoever reads what arrives at a confirmed address, and nobody learns anything else from it. */
import test from 'ava';
import { accountSecurity } from '../../domain/people/account-security.ts';
import { contacts } from '../../domain/people/contacts.ts';
import { CODE_LIFETIME_MS, CODES_MAX } from '../../domain/people/one-time-code.ts';
import type { EndpointId } from '../../domain/shared/ids.ts';
import { plus } from '../../domain/shared/instant.ts';
import { accountSecurityStream, contactsStream, userStream } from '../../domain/shared/streams.ts';
import { eventsIn } from '../../commands/test-fixture.ts';
import { drawnCode, givenWriteApi, type LoggedInPerson, type WriteApiFixture } from '../test-fixture.ts';

const OLD = 'correct horse';
const NEW = 'a stable full of staples';

const codeOf = async (answer: ReturnType<WriteApiFixture['request']>) => {
  const { status, body } = await answer;
  return status < 300 ? status : body.code === 'rate-limited' ? String(body.facts?.['limit']) : body.code;
};
const ask = (api: WriteApiFixture, loginName: string, more: object = {}) => {
  api.commands.now = plus(api.commands.now, 1); // so that the newest code is known
  return codeOf(api.request('anonymous', 'POST', '/v1/password-resets', { body: { loginName, ...more } }));
};
const reset = (api: WriteApiFixture, { loginName }: Pick<LoggedInPerson, 'loginName'>, code: string, newPassword = NEW) =>
  codeOf(api.request('anonymous', 'POST', '/v1/password-resets/confirm', { body: { loginName, code, newPassword } }));
const logIn = (api: WriteApiFixture, { loginName }: LoggedInPerson, password: string) =>
  codeOf(api.request('anonymous', 'POST', '/v1/sessions', { body: { loginName, password } }));
const isIn = async (api: WriteApiFixture, who: LoggedInPerson) => (await codeOf(api.request(who, 'GET', '/v1/gateway'))) === 200;
const codesOf = async (api: WriteApiFixture, { person }: LoggedInPerson) =>
  (await api.commands.vault.owned('one-time-code', person)).filter(({ record }) => record.purpose === 'reset-password');
const wrong = (code: string) => String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0');

async function personWithEmail(api: WriteApiFixture): Promise<LoggedInPerson> {
  const ada = await api.person();
  await api.request(ada, 'PUT', '/v1/me/contacts/email', { body: { address: `${ada.loginName}@example.org` } });
  await api.request(ada, 'POST', '/v1/me/contacts/email/confirm', { body: { code: await drawnCode(api, ada, 'confirm-email') } });
  return ada;
}

test('the code changes the password once, ends every session, and opens none', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithEmail(api);
  t.is(await ask(api, ada.loginName), 204);
  const code = await drawnCode(api, ada, 'reset-password');
  t.is(await reset(api, ada, wrong(code)), 'code-invalid');
  t.true(await isIn(api, ada));
  t.is(await reset(api, ada, code), 204);
  t.false(await isIn(api, ada));
  t.deepEqual([await logIn(api, ada, OLD), await logIn(api, ada, NEW)], ['login-failed', 201]);
  t.is(await reset(api, ada, code, 'another stable of staples'), 'code-invalid');
  const [changed] = await eventsIn(api.commands, accountSecurityStream(ada.person));
  t.is(changed?.type, 'people.password-changed.v1');
});

test('of requests with the same code at the same moment one changes the password', async (t) => {
  await using api = await givenWriteApi();
  const other = { url: (await api.startAnother()).url };
  const ada = await personWithEmail(api);
  await ask(api, ada.loginName);
  const code = await drawnCode(api, ada, 'reset-password');
  const confirm = (n: number) =>
    codeOf(
      api.request('anonymous', 'POST', '/v1/password-resets/confirm', {
        body: { loginName: ada.loginName, code, newPassword: `${NEW} ${n}` },
        ...(n % 2 === 0 ? other : {}),
      }),
    );
  const answers = await Promise.all([0, 1, 2, 3].map(confirm));
  t.deepEqual(answers.map(String).toSorted(), ['204', 'code-invalid', 'code-invalid', 'code-invalid']);
  t.is((await eventsIn(api.commands, accountSecurityStream(ada.person))).length, 1);
});

test('asking is answered the same for a name that nobody has, and for an address that nobody confirmed', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob, eve] = [await personWithEmail(api), await api.person(), await api.person()];
  await api.request(bob, 'PUT', '/v1/me/contacts/email', { body: { address: 'bob@example.org' } });
  t.deepEqual([await ask(api, ada.loginName), await ask(api, bob.loginName), await ask(api, eve.loginName), await ask(api, 'nobody')], [204, 204, 204, 204]);
  const sent = await Promise.all([ada, bob, eve].map(async (one) => (await codesOf(api, one)).length));
  t.deepEqual(sent, [1, 0, 0]);
  t.deepEqual([await reset(api, eve, '12345678'), await reset(api, { loginName: 'nobody' }, '12345678')], ['code-invalid', 'code-invalid']);
});

test('neither asking nor a wrong code takes less time for a name that nobody has', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithEmail(api);
  await ask(api, ada.loginName);
  await drawnCode(api, ada, 'reset-password');
  for (const act of [() => ask(api, 'nobody'), () => reset(api, { loginName: 'nobody' }, '12345678')]) {
    const startedAt = performance.now();
    await act();
    t.true(performance.now() - startedAt >= 240);
  }
});

test('an address from before there were codes is in use, but resets nothing', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const { log, codec } = api.commands;
  const stream = contactsStream(ada.person);
  const id = '7b1f0a52-9f7d-4a6e-8c3c-0d9b5a1e2f34';
  const data = { kind: 'email', endpoint: 'old', address: 'ada@example.org' };
  const metadata = { $correlationId: id, actor: ada.person, at: api.commands.now, command: id, request: 'none' };
  const encoded = await codec.encode(stream, { id, event: { type: 'people.contact-set.v1', data }, metadata } as never);
  await log.append(stream, [encoded], 'no-stream');
  t.is((await api.commands.process().loadState(contacts, stream)).state.email, 'old' as EndpointId);
  t.is(await ask(api, ada.loginName), 204);
  t.deepEqual(await codesOf(api, ada), []);
});

test('a code is void once its address was replaced or removed', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithEmail(api);
  await ask(api, ada.loginName);
  const code = await drawnCode(api, ada, 'reset-password');
  t.is(await codeOf(api.request(ada, 'DELETE', '/v1/me/contacts/email')), 200);
  t.is(await reset(api, ada, code), 'code-invalid');
});

test('strangers who keep asking neither void the person’s code nor have more than a few sent', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithEmail(api);
  await ask(api, ada.loginName);
  const code = await drawnCode(api, ada, 'reset-password');
  for (let n = 1; n < 10; n++) t.is(await ask(api, ada.loginName.toUpperCase()), 204);
  t.is((await codesOf(api, ada)).length, CODES_MAX);
  t.is(await ask(api, ada.loginName), 'password-resets-of-name');
  t.is(await reset(api, ada, code), 204);
});

test('a code expires, and is for its own person alone', async (t) => {
  await using api = await givenWriteApi();
  const [ada, eve] = [await personWithEmail(api), await personWithEmail(api)];
  await ask(api, ada.loginName);
  await ask(api, eve.loginName);
  const code = await drawnCode(api, ada, 'reset-password');
  t.is(await reset(api, eve, code), 'code-invalid');
  api.commands.now = plus(api.commands.now, CODE_LIFETIME_MS);
  t.is(await reset(api, ada, code), 'code-invalid');
});

test('guesses at a code are limited together with those at the password, and a refused password costs no try', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithEmail(api);
  await ask(api, ada.loginName);
  const code = await drawnCode(api, ada, 'reset-password');
  for (let n = 0; n < 8; n++) t.is(await reset(api, ada, code, 'password1'), 'password-too-common');
  for (let n = 0; n < 5; n++) t.is(await reset(api, ada, wrong(code)), 'code-invalid');
  t.is(await reset(api, ada, code), 'login-failures');
  t.is(await logIn(api, ada, OLD), 'login-failures');
});

test('it is in the security log who asked, who guessed and that the password was changed', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithEmail(api);
  const before = api.events.length;
  await ask(api, ada.loginName);
  const code = await drawnCode(api, ada, 'reset-password');
  await reset(api, ada, wrong(code));
  await reset(api, ada, code);
  const login = api.commands.process().commands.loginOf(ada.loginName);
  const security = api.events.slice(before).filter((event) => event.type === 'security');
  t.deepEqual(
    security.map(({ security: { event, login: of } }) => [event, of]),
    ['password-reset-asked', 'login-failed', 'credentials-changed'].map((event) => [event, login]),
  );
});

test('an erased person has no code and gets no password', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithEmail(api);
  await ask(api, ada.loginName);
  const code = await drawnCode(api, ada, 'reset-password');
  t.is(await codeOf(api.request(ada, 'DELETE', '/v1/me')), 200);
  t.is(await reset(api, ada, code), 'code-invalid');
  t.is(await api.commands.vault.get('credential', ada.person), undefined);
  t.deepEqual((await api.commands.process().loadState(accountSecurity, accountSecurityStream(ada.person))).state, { factors: [] });
  t.is((await eventsIn(api.commands, userStream(ada.person))).at(-1)?.type, 'people.person-erased.v1');
});
