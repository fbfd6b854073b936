import { spawnSync } from 'node:child_process';
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';

const SCRIPT = resolve(import.meta.dirname, 'install.mjs');

/** A project of its own with one dependency, which is a folder of it or in a registry that can't be reached. */
async function givenProject(dependency: 'folder' | 'unreachable') {
  const folder = await mkdtempDisposable(join(tmpdir(), 'tidings-install-'));
  const write = (path: string, content: object) => writeFile(join(folder.path, path), JSON.stringify(content));
  const dependencies = { friend: dependency === 'folder' ? 'file:friend' : '1.0.0' };
  await mkdir(join(folder.path, 'friend'));
  await write('friend/package.json', { name: 'friend', version: '1.0.0' });
  await write('package.json', { name: 'project', version: '1.0.0', dependencies });
  const packages = {
    '': { dependencies },
    ...(dependency === 'folder' ? { friend: { version: '1.0.0' }, 'node_modules/friend': { resolved: 'friend', link: true } } : {}),
  };
  await write('package-lock.json', { name: 'project', lockfileVersion: 3, requires: true, packages });
  const env = { PATH: process.env['PATH'], HOME: folder.path, npm_config_offline: 'true', npm_config_update_notifier: 'false' };
  const install = () => spawnSync(process.execPath, [SCRIPT], { cwd: folder.path, env, encoding: 'utf8' });
  return { install, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

test('says that it installs, and the next time installs nothing and says nothing', async (t) => {
  await using project = await givenProject('folder');
  const { status, stdout, stderr } = project.install();
  t.is(status, 0, stderr);
  t.regex(stdout, /^Installing the packages of Tidings.*Installed in \d+ s\.\n$/s);
  const again = project.install();
  t.deepEqual({ status: again.status, stdout: again.stdout, stderr: again.stderr }, { status: 0, stdout: '', stderr: '' });
});

test('an installation that fails ends with 1, and says where to look', async (t) => {
  await using project = await givenProject('unreachable');
  const { status, stderr } = project.install();
  t.is(status, 1);
  t.regex(stderr, /npm error.*Installing failed.*_logs.*Run the same command again/s);
});
