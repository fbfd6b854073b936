/** What the old password opens while it is being changed is ended with it. */
import test from 'ava';
import { randomUUID } from 'node:crypto';
import { codeOf, givenCommands, signUp } from '../test-fixture.ts';

const OLD = 'a long password';
const NEW = 'another long password';

test('a login by the old password that is under way while it is changed opens no session', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  const change = async () => one.commands.changePassword({ person: ann, session: 'none', password: OLD, newPassword: NEW }, given.now);
  const put: typeof given.vault.put = async (kind, ...kept) => {
    if (kind === 'session') await change();
    await given.vault.put(kind, ...kept);
  };
  const late = given.process(given.log, { vault: { ...given.vault, put } });
  t.deepEqual(await late.commands.logIn({ loginName: 'ann', password: OLD }, given.now), { outcome: 'refused', refusal: { code: 'login-failed' } });
  t.deepEqual(await one.commands.listSessions({ person: ann }, given.now), []);
  t.is((await one.commands.logIn({ loginName: 'ann', password: NEW }, given.now)).outcome, 'accepted');
});

test('a password that can’t be told to the log stays as it is', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  const append = () => Promise.reject(new Error('the disk is full'));
  const cut = given.process({ ...given.log, append });
  await t.throwsAsync(cut.commands.changePassword({ person: ann, session: randomUUID(), password: OLD, newPassword: NEW }, given.now));
  t.is((await one.commands.logIn({ loginName: 'ann', password: OLD }, given.now)).outcome, 'accepted');
});

test('an erased person’s password can’t be changed', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  const verify = async (password: string, hash: string | undefined) => {
    t.is(codeOf(await one.commands.erasePerson({ person: ann }, given.context(ann))), 'appended');
    return hash === `hash of ${password}`;
  };
  const late = given.process(given.log, { passwords: { verify, hash: async (password) => `hash of ${password}` } });
  const changed = await late.commands.changePassword({ person: ann, session: 'none', password: OLD, newPassword: NEW }, given.now);
  t.deepEqual(changed, { outcome: 'refused', refusal: { code: 'person-erased' } });
  t.is(await given.vault.get('credential', ann), undefined);
});
