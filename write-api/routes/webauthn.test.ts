/** Keys as a second factor, with an authenticator of the test's own: the ceremonies are run as a browser and a key would. */
import test from 'ava';
import { createSoftwareAuthenticator } from '../accounts/test-fixture.ts';
import { givenWriteApi, type LoggedInPerson, type WriteApiFixture } from '../test-fixture.ts';

type Answer = Awaited<ReturnType<WriteApiFixture['request']>>;
type Key = ReturnType<typeof createSoftwareAuthenticator>;
type Options = {
  readonly challenge: string;
  readonly rpId?: string;
  readonly excludeCredentials?: readonly object[];
  readonly allowCredentials?: readonly object[];
};

const codeOf = async (answer: Promise<Answer>) => {
  const { status, body } = await answer;
  return status < 300 ? status : body.code;
};
const begin = async (api: WriteApiFixture, who: LoggedInPerson) =>
  (await api.request(who, 'POST', '/v1/me/second-factors/webauthn', { body: { name: 'My key', accountName: 'ada' } })).body as unknown as {
    readonly factor: string;
    readonly options: Options;
  };
const confirm = (api: WriteApiFixture, who: LoggedInPerson, factor: string, credential: object) =>
  codeOf(api.request(who, 'POST', `/v1/me/second-factors/${factor}/confirm`, { body: { credential } }));
const logIn = async (api: WriteApiFixture, { loginName }: LoggedInPerson) =>
  (await api.request('anonymous', 'POST', '/v1/sessions', { body: { loginName, password: 'correct horse' } })).body as unknown as {
    readonly ticket: string;
    readonly kinds: readonly string[];
    readonly webAuthn: Options;
  };
const enter = (api: WriteApiFixture, ticket: string, credential: object) =>
  codeOf(api.request('anonymous', 'POST', '/v1/sessions/second-factor', { body: { ticket, credential } }));

async function personWithKey(api: WriteApiFixture): Promise<{ readonly ada: LoggedInPerson; readonly key: Key }> {
  const [ada, key] = [await api.person(), createSoftwareAuthenticator()];
  const { factor, options } = await begin(api, ada);
  const status = await confirm(api, ada, factor, key.create(options.challenge));
  if (status !== 201) throw new Error(String(status));
  return { ada, key };
}

test('a key is registered, and opens a session by its signature', async (t) => {
  await using api = await givenWriteApi();
  const { ada, key } = await personWithKey(api);
  for (let n = 0; n < 3; n++) {
    const { ticket, kinds, webAuthn } = await logIn(api, ada);
    t.deepEqual([kinds, webAuthn.rpId], [['webauthn'], 'localhost']);
    t.deepEqual(webAuthn.allowCredentials, [{ id: key.id, transports: ['usb'], type: 'public-key' }]);
    t.is(await enter(api, ticket, key.get(webAuthn.challenge)), 201);
  }
});

test('a signature is for one login: not for another challenge, and not twice', async (t) => {
  await using api = await givenWriteApi();
  const { ada, key } = await personWithKey(api);
  const [first, second] = [await logIn(api, ada), await logIn(api, ada)];
  const assertion = key.get(first.webAuthn.challenge);
  t.is(await enter(api, second.ticket, assertion), 'second-factor-wrong');
  t.is(await enter(api, first.ticket, assertion), 201);
  t.is(await enter(api, first.ticket, assertion), 'login-ticket-invalid');
});

test('a page of another origin, and a key for another site, prove nothing', async (t) => {
  await using api = await givenWriteApi();
  const { ada, key } = await personWithKey(api);
  const { ticket, webAuthn } = await logIn(api, ada);
  t.is(await enter(api, ticket, key.get(webAuthn.challenge, { origin: 'https://tidings.example', rpId: 'localhost' })), 'second-factor-wrong');
  t.is(await enter(api, ticket, key.get(webAuthn.challenge, { origin: 'http://localhost:8080', rpId: 'tidings.example' })), 'second-factor-wrong');
  const bob = await api.person();
  const { factor, options } = await begin(api, bob);
  const phished = createSoftwareAuthenticator().create(options.challenge, { origin: 'https://tidings.example', rpId: 'localhost' });
  t.is(await confirm(api, bob, factor, phished), 'second-factor-wrong');
});

test('another key, an altered signature and malformed data prove nothing', async (t) => {
  await using api = await givenWriteApi();
  const { ada, key } = await personWithKey(api);
  const { ticket, webAuthn } = await logIn(api, ada);
  const other = createSoftwareAuthenticator().get(webAuthn.challenge);
  t.is(await enter(api, ticket, other), 'second-factor-wrong');
  t.is(await enter(api, ticket, { ...other, id: key.id, rawId: key.id }), 'second-factor-wrong', 'signed by the other key');
  const assertion = key.get(webAuthn.challenge);
  const malformed = { ...assertion, response: { ...assertion.response, authenticatorData: 'AAAA' } };
  t.is(await enter(api, ticket, malformed), 'second-factor-wrong');
  const { factor, options } = await begin(api, ada);
  const created = createSoftwareAuthenticator().create(options.challenge);
  t.is(await confirm(api, ada, factor, { ...created, response: { ...created.response, attestationObject: 'oWNmbXRkbm9uZQ' } }), 'second-factor-wrong');
  t.is(await confirm(api, ada, factor, createSoftwareAuthenticator().create('another')), 'second-factor-wrong');
});

test('a copy of a key is noticed by its counter', async (t) => {
  await using api = await givenWriteApi();
  const { ada, key } = await personWithKey(api);
  for (let n = 0; n < 3; n++) {
    const { ticket, webAuthn } = await logIn(api, ada);
    await enter(api, ticket, key.get(webAuthn.challenge));
  }
  key.setCounter(1);
  const { ticket, webAuthn } = await logIn(api, ada);
  t.is(await enter(api, ticket, key.get(webAuthn.challenge)), 'second-factor-wrong');
});

test('a key that is registered is excluded from being registered again', async (t) => {
  await using api = await givenWriteApi();
  const { ada, key } = await personWithKey(api);
  t.deepEqual((await begin(api, ada)).options.excludeCredentials, [{ id: key.id, transports: ['usb'], type: 'public-key' }]);
});

test('a code of an app is no key’s proof, and a key’s none of an app', async (t) => {
  await using api = await givenWriteApi();
  const { ada, key } = await personWithKey(api);
  const { ticket } = await logIn(api, ada);
  t.is(await codeOf(api.request('anonymous', 'POST', '/v1/sessions/second-factor', { body: { ticket, code: '123456' } })), 'second-factor-wrong');
  const { body } = await api.request(ada, 'POST', '/v1/me/second-factors/totp', { body: { name: 'My phone', accountName: 'ada' } });
  t.is(await confirm(api, ada, (body as unknown as { factor: string }).factor, key.create('any')), 'second-factor-wrong');
});
