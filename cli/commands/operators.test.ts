/** Operators and their audit by the command line: beside a process that runs, and on a folder that nobody has open. */
import test from 'ava';
import { startTidingsProcess, temporaryFolder } from '../../tests/start-for-test.ts';
import { parsed, runCli, signUp } from '../test-fixture.ts';

async function json(folder: string, ...args: readonly string[]) {
  const result = await runCli(folder, ...args, '--json');
  if (result.code !== 0) throw new Error(result.err);
  return parsed(result);
}

test('operators are added, listed, given another role and a new token, and removed, and the audit tells of it', async (t) => {
  await using folder = await temporaryFolder();
  const tidings = await startTidingsProcess(folder.path, { TIDINGS_ROLES: 'write-api' });
  const run = (...args: readonly string[]) => runCli(folder.path, ...args);
  const added = await run('operators', 'add', 'jin.park', '--role', 'support');
  t.is(added.code, 0, added.err);
  t.regex(added.out.join('\n'), /^jin\.park is support.*\ntidings-operator_[0-9a-f-]{36}_[\w-]{43}\n/);
  t.regex((await run('operators', 'add', 'jin.park', '--role', 'viewer')).err, /There is an operator of this name/);
  t.is((await run('operators', 'add', 'Jin Park', '--role', 'viewer')).code, 2);
  t.deepEqual((await run('operators', 'role', 'jin.park', 'moderator')).out, ['jin.park is moderator now.']);
  const [rotated] = await json(folder.path, 'operators', 'rotate', 'jin.park');
  t.regex(String(rotated?.['token']), /^tidings-operator_/);
  t.notRegex(added.out.join('\n'), new RegExp(String(rotated?.['token'])));
  t.like(await json(folder.path, 'operators', 'list'), [{ name: 'jin.park', role: 'moderator' }]);
  t.regex((await run('operators', 'list')).out[0] ?? '', /^NAME +ROLE +ADDED/);

  t.regex((await run('operators', 'remove', 'jin.park')).err, /say|reason/);
  t.is((await run('operators', 'remove', 'jin.park', '--reason', 'has left')).code, 0);
  t.deepEqual(await json(folder.path, 'operators', 'list'), []);
  t.regex((await run('operators', 'rotate', 'jin.park')).err, /There is no operator jin\.park/);

  await tidings[Symbol.asyncDispose]();
  t.is((await run('log', 'read', '--limit', '1', '--reveal', '--reason', 'ticket 4711')).code, 0, 'on a folder that nobody has open');
  const actions = await json(folder.path, 'audit');
  t.deepEqual(
    actions.map(({ action, operator, reason, failed }) => [action, operator, reason, failed]),
    [
      ['reveal-log', 'local', 'ticket 4711', null],
      ['remove-operator', 'local', 'has left', null],
      ['rotate-operator-token', 'local', null, null],
      ['set-operator-role', 'local', null, null],
      ['add-operator', 'local', null, 'bad-request'],
      ['add-operator', 'local', null, 'bad-request'],
      ['add-operator', 'local', null, null],
    ],
  );
  const rotatedOf = actions.find(({ action }) => action === 'rotate-operator-token')?.['of'];
  t.like(actions.at(-1)?.['of'], { ...(rotatedOf as object), role: 'support' }, 'it says who was added');
  t.is((await json(folder.path, 'audit', '--action', 'add-operator', '--limit', '2')).length, 2);
  t.deepEqual(await json(folder.path, 'audit', '--by', 'admin-token'), []);
  t.deepEqual(await json(folder.path, 'audit', '--day', '2020-02-02'), []);
  t.regex((await run('audit')).out.join('\n'), /WHO +ROLE +ACTION[^]*local +admin +reveal-log/);
});

test('an operator acts by an own token at a process that runs, and the audit has the name, also after the removal', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsProcess(folder.path, { TIDINGS_ROLES: 'write-api' });
  const ann = await signUp({ ...tidings.addresses, read: '' });
  const [{ token } = {}] = await json(folder.path, 'operators', 'add', 'jin.park', '--role', 'support');
  const ask = (method: string, path: string) => fetch(tidings.addresses.write + path, { method, headers: { authorization: `Bearer ${String(token)}` } });
  t.is((await ask('DELETE', `/v1/people/${ann.id}/sessions`)).status, 204);
  t.is((await ask('DELETE', `/v1/people/${ann.id}`)).status, 403);
  t.is((await runCli(folder.path, 'operators', 'remove', 'jin.park', '--reason', 'has left')).code, 0);
  t.is((await ask('GET', '/v1/routing')).status, 401);
  const [ended, ...others] = await json(folder.path, 'audit', '--by', 'jin.park');
  t.like(ended, { name: 'jin.park', role: 'support', action: 'endSessionsOf', of: { person: ann.id } });
  t.deepEqual(others, []);
});
