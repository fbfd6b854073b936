/** Logging in with an authenticator app or a recovery code after the password, and what guessing at them costs. */
import test from 'ava';
import { LOGIN_TICKET_LIFETIME_MS, LOGIN_TICKET_TRIES_MAX, RECOVERY_CODES, SECOND_FACTORS_MAX } from '../../domain/people/account-security.ts';
import { RECENT_LOGIN_MS } from '../../domain/people/session.ts';
import { MINUTE_MS, plus, SECOND_MS } from '../../domain/shared/instant.ts';
import { accountSecurityStream } from '../../domain/shared/streams.ts';
import { eventsIn } from '../../commands/test-fixture.ts';
import { totpCodeAt } from '../accounts/test-fixture.ts';
import { drawnCode, givenWriteApi, type LoggedInPerson, type WriteApiFixture } from '../test-fixture.ts';

const PASSWORD = 'correct horse';
const STEP_MS = 30 * SECOND_MS;

type Answer = Awaited<ReturnType<WriteApiFixture['request']>>;
const fields = (answer: Answer) => answer.body as unknown as Readonly<Record<string, never>>;
const codeOf = async (answer: Promise<Answer>) => {
  const { status, body } = await answer;
  return status < 300 ? status : body.code === 'rate-limited' ? String(body.facts?.['limit']) : body.code;
};
const logIn = (api: WriteApiFixture, { loginName }: LoggedInPerson, more: object = {}) =>
  api.request('anonymous', 'POST', '/v1/sessions', { body: { loginName, password: PASSWORD, ...more } });
const ticketFor = async (api: WriteApiFixture, who: LoggedInPerson): Promise<string> => fields(await logIn(api, who))['ticket'] ?? '';
const enter = (api: WriteApiFixture, body: object) => api.request('anonymous', 'POST', '/v1/sessions/second-factor', { body });
const later = (api: WriteApiFixture, ms: number) => {
  api.commands.now = plus(api.commands.now, ms);
};
const isIn = async (api: WriteApiFixture, who: LoggedInPerson) => (await codeOf(api.request(who, 'GET', '/v1/gateway'))) === 200;
const NEW_FACTOR = { body: { name: 'My phone', accountName: 'ada' } };

type WithTotp = LoggedInPerson & { readonly secret: string; readonly factor: string; readonly recoveryCodes: readonly string[] };

/** With the code of the step before, so that today's is still good for one login. */
async function personWithTotp(api: WriteApiFixture): Promise<WithTotp> {
  const ada = await api.person();
  const { secret = '', factor = '' } = fields(await api.request(ada, 'POST', '/v1/me/second-factors/totp', NEW_FACTOR));
  const body = { code: totpCodeAt(secret, api.commands.now, -1) };
  const { recoveryCodes = [] } = fields(await api.request(ada, 'POST', `/v1/me/second-factors/${factor}/confirm`, { body }));
  return { ...ada, secret, factor, recoveryCodes };
}
const codeNow = (api: WriteApiFixture, { secret }: WithTotp, steps = 0) => totpCodeAt(secret, api.commands.now, steps);
const wrong = (code: string) => String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0');

test('a second factor is in use once it is confirmed, and logging in takes it from then on', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const added = fields(await api.request(ada, 'POST', '/v1/me/second-factors/totp', NEW_FACTOR));
  const { secret = '', uri = '', factor = '' } = added;
  t.is(new URL(uri).searchParams.get('secret'), secret);
  t.is((await logIn(api, ada)).status, 201, 'it waits to be confirmed');
  const confirm = (code: string) => api.request(ada, 'POST', `/v1/me/second-factors/${factor}/confirm`, { body: { code } });
  t.is(await codeOf(confirm(wrong(totpCodeAt(secret, api.commands.now)))), 'second-factor-wrong');
  const { recoveryCodes = [] } = fields(await confirm(totpCodeAt(secret, api.commands.now)));
  t.is(new Set(recoveryCodes).size, RECOVERY_CODES);
  const asked = await logIn(api, ada);
  t.deepEqual([asked.status, fields(asked)['kinds'], fields(asked)['webAuthn'], asked.body.token], [202, ['totp'], null, undefined] as never);
  later(api, STEP_MS);
  const session = await enter(api, { ticket: fields(asked)['ticket'], code: totpCodeAt(secret, api.commands.now) });
  t.is(session.status, 201);
  t.true(await isIn(api, { ...ada, token: session.body.token }));
  const list = fields(await api.request(ada, 'GET', '/v1/me/second-factors'));
  t.deepEqual(list['recoveryCodesLeft'], RECOVERY_CODES as never);
  t.like(list['factors']?.[0], { factor, kind: 'totp', name: 'My phone' });
});

test('without the right password there is no ticket, and nobody learns that there is a second factor', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithTotp(api);
  t.is(await codeOf(logIn(api, ada, { password: 'a wrong one' })), 'login-failed');
});

test('a code opens one session, also when it comes twice at once and with two tickets', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithTotp(api);
  const tickets = [await ticketFor(api, ada), await ticketFor(api, ada)];
  const code = codeNow(api, ada);
  const answers = await Promise.all(tickets.map((ticket) => codeOf(enter(api, { ticket, code }))));
  t.deepEqual(answers.map(String).toSorted(), ['201', 'second-factor-wrong']);
  later(api, STEP_MS);
  t.is(await codeOf(enter(api, { ticket: await ticketFor(api, ada), code })), 'second-factor-wrong', 'it is still within the time that codes are taken');
});

test('a ticket is good for one session, and a few minutes', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithTotp(api);
  const ticket = await ticketFor(api, ada);
  t.is(await codeOf(enter(api, { ticket, code: codeNow(api, ada) })), 201);
  t.is(await codeOf(enter(api, { ticket, code: codeNow(api, ada, 1) })), 'login-ticket-invalid');
  const late = await ticketFor(api, ada);
  later(api, LOGIN_TICKET_LIFETIME_MS);
  t.is(await codeOf(enter(api, { ticket: late, code: codeNow(api, ada) })), 'login-ticket-invalid');
  t.is(await codeOf(enter(api, { ticket: 'made-up', code: codeNow(api, ada) })), 'login-ticket-invalid');
});

test('a recovery code is good for one login, however it is typed', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithTotp(api);
  const [first = '', second = ''] = ada.recoveryCodes;
  t.is(await codeOf(enter(api, { ticket: await ticketFor(api, ada), recoveryCode: ` ${first.toLowerCase().replaceAll('-', ' ')}` })), 201);
  t.is(await codeOf(enter(api, { ticket: await ticketFor(api, ada), recoveryCode: first })), 'second-factor-wrong');
  const tickets = [await ticketFor(api, ada), await ticketFor(api, ada)];
  const answers = await Promise.all(tickets.map((ticket) => codeOf(enter(api, { ticket, recoveryCode: second }))));
  t.deepEqual(answers.map(String).toSorted(), ['201', 'second-factor-wrong']);
  t.is(fields(await api.request(ada, 'GET', '/v1/me/second-factors'))['recoveryCodesLeft'], (RECOVERY_CODES - 2) as never);
});

test('new recovery codes void the earlier ones, and need a second factor', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob] = [await personWithTotp(api), await api.person()];
  t.is(await codeOf(api.request(bob, 'POST', '/v1/me/recovery-codes')), 'second-factor-unknown');
  const { recoveryCodes = [] } = fields(await api.request(ada, 'POST', '/v1/me/recovery-codes'));
  t.is(await codeOf(enter(api, { ticket: await ticketFor(api, ada), recoveryCode: ada.recoveryCodes[0] })), 'second-factor-wrong');
  t.is(await codeOf(enter(api, { ticket: await ticketFor(api, ada), recoveryCode: recoveryCodes[0] })), 201);
});

test('guesses cost a wait per person, which knowing the password doesn’t take back', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithTotp(api);
  for (let n = 0; n < 5; n++) t.is(await codeOf(enter(api, { ticket: await ticketFor(api, ada), code: wrong(codeNow(api, ada)) })), 'second-factor-wrong');
  t.is(await codeOf(enter(api, { ticket: await ticketFor(api, ada), code: codeNow(api, ada) })), 'second-factor-failures');
});

test('a device that has logged in before is let through while others guess', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithTotp(api);
  const { deviceSecret } = (await enter(api, { ticket: await ticketFor(api, ada), code: codeNow(api, ada) })).body;
  for (let n = 0; n < 6; n++) await enter(api, { ticket: await ticketFor(api, ada), code: wrong(codeNow(api, ada)) });
  const code = codeNow(api, ada, 1);
  t.is(await codeOf(enter(api, { ticket: await ticketFor(api, ada), code })), 'second-factor-failures');
  t.is(await codeOf(enter(api, { ticket: await ticketFor(api, ada), code, deviceSecret })), 201);
});

test(`a ticket is void after ${LOGIN_TICKET_TRIES_MAX} tries, also where they come at once`, async (t) => {
  await using api = await givenWriteApi({ limits: { 'second-factor-failures': { points: 100, windowSeconds: 60 } } });
  const ada = await personWithTotp(api);
  const ticket = await ticketFor(api, ada);
  const code = wrong(codeNow(api, ada));
  await Promise.all(Array.from({ length: LOGIN_TICKET_TRIES_MAX }, () => enter(api, { ticket, code })));
  t.is(await codeOf(enter(api, { ticket, code: codeNow(api, ada) })), 'login-ticket-invalid');
});

test('authenticating again takes the second factor too, and replaces the session only then', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithTotp(api);
  later(api, RECENT_LOGIN_MS);
  t.is(await codeOf(api.request(ada, 'DELETE', `/v1/me/second-factors/${ada.factor}`)), 'login-not-recent');
  t.is(await codeOf(api.request(ada, 'POST', '/v1/me/second-factors/totp', NEW_FACTOR)), 'login-not-recent');
  const again = () => api.request(ada, 'POST', '/v1/sessions/current/authentication', { body: { password: PASSWORD } });
  const asked = await again();
  t.is(asked.status, 202);
  t.true(await isIn(api, ada));
  const { token } = (await enter(api, { ticket: fields(asked)['ticket'], code: codeNow(api, ada) })).body;
  const recent = { ...ada, token };
  t.deepEqual([await isIn(api, ada), await isIn(api, recent)], [false, true]);
  t.is(await codeOf(api.request(recent, 'DELETE', `/v1/me/second-factors/${ada.factor}`)), 204);
  t.is((await logIn(api, ada)).status, 201, 'the password alone logs in again');
  t.deepEqual(await api.commands.vault.owned('recovery-code', ada.person), []);
});

test('a ticket to authenticate again is void with its session', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithTotp(api);
  const asked = await api.request(ada, 'POST', '/v1/sessions/current/authentication', { body: { password: PASSWORD } });
  await api.request(ada, 'DELETE', '/v1/sessions/current');
  t.is(await codeOf(enter(api, { ticket: fields(asked)['ticket'], code: codeNow(api, ada) })), 'login-ticket-invalid');
});

test('a reset password doesn’t get around the second factor, and voids tickets of the old one', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithTotp(api);
  await api.request(ada, 'PUT', '/v1/me/contacts/email', { body: { address: 'ada@example.org' } });
  await api.request(ada, 'POST', '/v1/me/contacts/email/confirm', { body: { code: await drawnCode(api, ada, 'confirm-email') } });
  const ticket = await ticketFor(api, ada);
  await api.request('anonymous', 'POST', '/v1/password-resets', { body: { loginName: ada.loginName } });
  const body = { loginName: ada.loginName, code: await drawnCode(api, ada, 'reset-password'), newPassword: 'a stable full of staples' };
  t.is(await codeOf(api.request('anonymous', 'POST', '/v1/password-resets/confirm', { body })), 204);
  t.is(await codeOf(enter(api, { ticket, code: codeNow(api, ada) })), 'login-ticket-invalid');
  t.is((await logIn(api, ada, { password: 'a stable full of staples' })).status, 202);
});

test('nobody removes a factor of another', async (t) => {
  await using api = await givenWriteApi();
  const [ada, eve] = [await personWithTotp(api), await api.person()];
  t.is(await codeOf(api.request(eve, 'DELETE', `/v1/me/second-factors/${ada.factor}`)), 'second-factor-unknown');
  t.is((await logIn(api, ada)).status, 202);
});

test('a factor is its person’s own, and one that isn’t confirmed in time is gone', async (t) => {
  await using api = await givenWriteApi();
  const [ada, eve] = [await api.person(), await api.person()];
  const { secret = '', factor = '' } = fields(await api.request(ada, 'POST', '/v1/me/second-factors/totp', NEW_FACTOR));
  const confirm = (who: LoggedInPerson) =>
    codeOf(api.request(who, 'POST', `/v1/me/second-factors/${factor}/confirm`, { body: { code: totpCodeAt(secret, api.commands.now) } }));
  t.is(await confirm(eve), 'second-factor-unknown');
  later(api, 10 * MINUTE_MS);
  t.is(await confirm(ada), 'second-factor-unknown');
});

test(`a person has at most ${SECOND_FACTORS_MAX} second factors, and an operator removes them all`, async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithTotp(api);
  for (let n = 1; n < SECOND_FACTORS_MAX; n++) {
    const { secret = '', factor = '' } = fields(await api.request(ada, 'POST', '/v1/me/second-factors/totp', NEW_FACTOR));
    const { recoveryCodes } = fields(
      await api.request(ada, 'POST', `/v1/me/second-factors/${factor}/confirm`, { body: { code: totpCodeAt(secret, api.commands.now) } }),
    );
    t.is(recoveryCodes, null as never, 'they come with the first one');
  }
  t.is(await codeOf(api.request(ada, 'POST', '/v1/me/second-factors/totp', NEW_FACTOR)), 'second-factors-full');
  t.is(await codeOf(api.request('operator', 'DELETE', `/v1/people/${ada.person}/second-factors`)), 204);
  t.is((await logIn(api, ada)).status, 201);
  t.deepEqual(await api.commands.vault.owned('second-factor', ada.person), []);
});

test('the security log tells of the steps of a login and names the person whose second factor was guessed at', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithTotp(api);
  const before = api.events.length;
  const ticket = await ticketFor(api, ada);
  await enter(api, { ticket, code: wrong(codeNow(api, ada)) });
  await enter(api, { ticket, code: codeNow(api, ada) });
  const security = api.events.slice(before).filter((event) => event.type === 'security');
  t.deepEqual(
    security.map(({ security: { event, actor } }) => [event, actor]),
    [
      ['second-factor-asked', 'anonymous'],
      ['login-failed', ada.person],
      ['logged-in', ada.person],
    ],
  );
});

test('the log has the facts and no secret, the vault no recovery code, and nothing is left of an erased person', async (t) => {
  await using api = await givenWriteApi();
  const ada = await personWithTotp(api);
  const [first = '', second = ''] = ada.recoveryCodes;
  await enter(api, { ticket: await ticketFor(api, ada), recoveryCode: first });
  await ticketFor(api, ada);
  await api.request(ada, 'POST', '/v1/me/second-factors/webauthn', NEW_FACTOR);
  const events = await eventsIn(api.commands, accountSecurityStream(ada.person));
  t.deepEqual(
    events.map(({ type }) => type),
    ['people.second-factor-added.v1', 'people.recovery-code-used.v1'],
  );
  for (const { data } of events) t.false(Buffer.from(data).toString().includes(ada.secret));
  const kinds = ['second-factor', 'second-factor-setup', 'recovery-code', 'login-ticket', 'code-try'] as const;
  const held = async () => Promise.all(kinds.map((kind) => api.commands.vault.owned(kind, ada.person)));
  t.false(JSON.stringify(await held()).includes(second.slice(0, 6)));
  t.false((await held()).some((records) => records.length === 0));
  t.is(await codeOf(api.request(ada, 'DELETE', '/v1/me')), 200);
  t.deepEqual(await held(), [[], [], [], [], []]);
});
