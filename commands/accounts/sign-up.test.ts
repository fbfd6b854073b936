/** Signing up and logging in, also while the same happens in another process. */
import test from 'ava';
import { codeOf, givenCommands, signUp } from '../test-fixture.ts';

test('of two sign-ups under one login name at once, one gets it', async (t) => {
  await using given = await givenCommands();
  const processes = [given.process(), given.process()];
  const answers = await Promise.all(
    processes.map(({ commands }, i) => commands.signUp({ loginName: 'Ann', name: 'Ann', password: 'a long password' }, given.context(`login:${i}`))),
  );
  t.deepEqual(answers.map(({ handled }) => codeOf(handled)).sort(), ['appended', 'login-taken']);
});

test('a login name has one form, however it is typed', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'Ann');
  const login = await one.commands.logIn({ loginName: ' aNN ', password: 'a long password' }, given.now);
  t.is(login.outcome === 'accepted' ? login.person : undefined, ann);
  t.is((await one.commands.logIn({ loginName: 'ann', password: 'a wrong password' }, given.now)).outcome, 'refused');
});

test('a person who is erased while logging in has no session afterwards', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  const put: typeof given.vault.put = async (...kept) => {
    await one.commands.erasePerson({ person: ann }, given.context(ann));
    await given.vault.put(...kept);
  };
  const late = given.process(given.log, { vault: { ...given.vault, put } });
  const loggedIn = await late.commands.logIn({ loginName: 'ann', password: 'a long password' }, given.now);
  t.deepEqual(loggedIn, { outcome: 'refused', refusal: { code: 'login-failed' } });
  t.deepEqual(await given.vault.owned('session', ann), []);
});
