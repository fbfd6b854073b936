/** A contact is in use once its owner has shown the code that was sent to it. */
import test from 'ava';
import { contacts } from '../../domain/people/contacts.ts';
import { CODE_LIFETIME_MS, CODE_TRIES_MAX } from '../../domain/people/one-time-code.ts';
import { RECENT_LOGIN_MS } from '../../domain/people/session.ts';
import { contactsStream } from '../../domain/shared/streams.ts';
import { plus } from '../../domain/shared/instant.ts';
import { drawnCode, givenWriteApi, type LoggedInPerson, type WriteApiFixture } from '../test-fixture.ts';

const set = (api: WriteApiFixture, who: LoggedInPerson, address: string) => {
  api.commands.now = plus(api.commands.now, 1); // so that the newest code is known
  return api.request(who, 'PUT', '/v1/me/contacts/email', { body: { address } });
};
const confirm = async (api: WriteApiFixture, who: LoggedInPerson, code: string, headers: Readonly<Record<string, string>> = {}) => {
  const { status, body } = await api.request(who, 'POST', '/v1/me/contacts/email/confirm', { body: { code }, headers });
  return status < 300 ? status : body.code;
};
const emailOf = async (api: WriteApiFixture, { person }: LoggedInPerson) =>
  (await api.commands.process().loadState(contacts, contactsStream(person))).state.email;
const wrong = (code: string) => String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0');

test('the code puts the address into use, once', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const { id } = (await set(api, ada, 'ada@example.org')).body;
  const code = await drawnCode(api, ada, 'confirm-email');
  t.regex(code, /^\d{8}$/);
  t.is(await confirm(api, ada, wrong(code)), 'code-invalid');
  t.is(await emailOf(api, ada), undefined);
  t.is(await confirm(api, ada, code), 201);
  t.is(await emailOf(api, ada), id as never);
  t.is(await confirm(api, ada, code), 'endpoint-unknown', 'nothing waits any more');
});

test('another address is in use only when it is confirmed too, and the earlier one until then', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const { id: home } = (await set(api, ada, 'ada@home.example')).body;
  await confirm(api, ada, await drawnCode(api, ada, 'confirm-email'));
  const { id: work } = (await set(api, ada, 'ada@work.example')).body;
  t.is(await emailOf(api, ada), home as never);
  t.is(await confirm(api, ada, await drawnCode(api, ada, 'confirm-email')), 201);
  t.is(await emailOf(api, ada), work as never);
});

test('a code that arrived at one address confirms no other, in whichever order they are set', async (t) => {
  await using api = await givenWriteApi();
  const eve = await api.person();
  await set(api, eve, 'eve@example.org');
  const own = await drawnCode(api, eve, 'confirm-email');
  await set(api, eve, 'ada@example.org');
  t.is(await confirm(api, eve, own), 'code-invalid');
  await set(api, eve, 'eve@example.org');
  await set(api, eve, 'ada@example.org');
  t.is(await confirm(api, eve, own), 'code-invalid');
  t.is(await emailOf(api, eve), undefined);
});

test('a code is of its person: another’s is worth nothing', async (t) => {
  await using api = await givenWriteApi();
  const [ada, eve] = [await api.person(), await api.person()];
  await set(api, ada, 'ada@example.org');
  await set(api, eve, 'eve@example.org');
  t.is(await confirm(api, ada, await drawnCode(api, eve, 'confirm-email')), 'code-invalid');
});

test(`a code is void after ${CODE_TRIES_MAX['confirm-email']} wrong tries, also where they come at the same moment`, async (t) => {
  await using api = await givenWriteApi();
  for (const at of ['one after the other', 'at once'] as const) {
    const ada = await api.person();
    await set(api, ada, `${ada.loginName}@example.org`);
    const code = await drawnCode(api, ada, 'confirm-email');
    const tries = Array.from({ length: CODE_TRIES_MAX['confirm-email'] }, () => () => confirm(api, ada, wrong(code)));
    if (at === 'at once') await Promise.all(tries.map((one) => one()));
    else for (const one of tries) await one();
    t.is(await confirm(api, ada, code), 'code-invalid', at);
    await set(api, ada, `${ada.loginName}@example.org`);
    t.is(await confirm(api, ada, await drawnCode(api, ada, 'confirm-email')), 201, 'another one is asked for');
  }
});

test('a code expires', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  await set(api, ada, 'ada@example.org');
  const code = await drawnCode(api, ada, 'confirm-email');
  api.commands.now = plus(api.commands.now, CODE_LIFETIME_MS);
  t.is(await confirm(api, ada, code), 'code-invalid');
});

test('a confirmation whose answer was lost is repeated under its key', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  await set(api, ada, 'ada@example.org');
  const code = await drawnCode(api, ada, 'confirm-email');
  const headers = { 'idempotency-key': 'confirm-once' };
  t.deepEqual([await confirm(api, ada, code, headers), await confirm(api, ada, code, headers)], [201, 201]);
});

test('setting an address under one key sends one message, however often it is repeated', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const options = { body: { address: 'ada@example.org' }, headers: { 'idempotency-key': 'set-once' } };
  for (let n = 0; n < 3; n++) t.is((await api.request(ada, 'PUT', '/v1/me/contacts/email', options)).status, 201);
  t.is((await api.commands.vault.owned('one-time-code', ada.person)).length, 1);
});

test('nobody can have a stranger’s address written to more than a few times an hour, from however many accounts', async (t) => {
  await using api = await givenWriteApi();
  const codes: (string | number)[] = [];
  for (let n = 0; n < 7; n++) {
    const { status, body } = await set(api, await api.person(), n % 2 === 0 ? 'stranger@example.org' : 'STRANGER@example.org');
    codes.push(status < 300 ? status : String(body.facts?.['limit']));
  }
  t.deepEqual(codes, [201, 201, 201, 201, 201, 'contact-codes-of-address', 'contact-codes-of-address']);
  t.is((await set(api, await api.person(), 'somebody-else@example.org')).status, 201);
});

test('contacts are changed by somebody who has just logged in, and nobody else', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  api.commands.now = plus(api.commands.now, RECENT_LOGIN_MS);
  t.is((await set(api, ada, 'ada@example.org')).body.code, 'login-not-recent');
  t.is((await api.request(ada, 'DELETE', '/v1/me/contacts/email')).body.code, 'login-not-recent');
});

test('the vault holds no code, and the log neither', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  await set(api, ada, 'ada@example.org');
  const code = await drawnCode(api, ada, 'confirm-email');
  t.false(JSON.stringify(await api.commands.vault.owned('one-time-code', ada.person)).includes(code));
  for await (const { data } of api.commands.log.readAll(api.commands.log.logs[0] ?? '')) t.false(Buffer.from(data).toString().includes(code));
});
