/** Installs what package-lock.json names, when it is not installed yet; plain JavaScript because it runs on whatever Node the machine has. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
  console.log('Installing what Tidings needs, its own Node among it. The first time this takes about half a minute.');
  // `npm ci` refuses a lock made where some platform's optional packages can't be resolved. What npm warns of is nearly all that this
  // Node is too old for some package, and they run on the one that is being installed.
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: 'inherit', shell: process.platform === 'win32' });
  process.exit(status ?? 1);
}
