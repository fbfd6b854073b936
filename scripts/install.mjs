/** Installs the packages of package-lock.json unless they are installed already. Plain JavaScript: it runs on whatever Node the machine has. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const REDRAW_EVERY_MS = 200;
const LINE_EVERY_MS = 5_000;
const CLEAR_LINE = '\r\u001b[K';

const isTerminal = process.stdout.isTTY === true;
const modifiedMs = (path) => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? 0 : found.mtimeMs;
};

if (modifiedMs('node_modules/.package-lock.json') < modifiedMs('package-lock.json')) process.exitCode = await install();

async function install() {
  console.log('Installing the packages of Tidings, its own Node among them. The first time this takes about half a minute.');
  const total = packagesToInstall();
  const startedMs = Date.now();
  const progress = () => `  ${Math.round((Date.now() - startedMs) / 1_000)} s, ${installedPackages()} of some ${total} packages`;
  const timer = setInterval(
    () => (isTerminal ? process.stdout.write(CLEAR_LINE + progress()) : console.log(progress())),
    isTerminal ? REDRAW_EVERY_MS : LINE_EVERY_MS,
  );
  const exitCode = await npmInstall();
  clearInterval(timer);
  if (isTerminal) process.stdout.write(CLEAR_LINE);
  if (exitCode === 0) console.log(`Installed in ${Math.round((Date.now() - startedMs) / 1_000)} s.`);
  else {
    console.error(
      `Installing failed: npm install ended with ${exitCode}. Its message is above, and its log in the folder _logs of npm's cache (npm config get cache).`,
    );
    console.error('Tidings needs a network, or a registry that npm is configured for, this first time. Run the same command again to go on.');
  }
  return exitCode;
}

/**
 * `npm ci` refuses a lock made where some platform's optional packages can't be resolved. Its warnings are left out: nearly all say
 * that the machine's Node is too old for a package, and the packages run on the Node that is being installed.
 */
function npmInstall() {
  const npm = spawn('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const passOn = (to) => (data) => {
    if (isTerminal) process.stdout.write(CLEAR_LINE);
    to.write(data);
  };
  npm.stdout.on('data', passOn(process.stdout));
  npm.stderr.on('data', passOn(process.stderr));
  return new Promise((resolve) => {
    npm.on('error', (error) => {
      console.error(`npm can't be run: ${error.message}`);
      resolve(1);
    });
    npm.on('close', (code) => resolve(code === null ? 1 : code));
  });
}

/** Packages at the top of node_modules that this platform gets. */
function packagesToInstall() {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const isFor = (values, value) => values === undefined || values.includes(value);
  return Object.keys(packages).filter(
    (path) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && isFor(packages[path].os, process.platform) && isFor(packages[path].cpu, process.arch),
  ).length;
}

/** npm makes all folders first: a package is counted when its own package.json is there. */
function installedPackages() {
  const namesIn = (folder) => (existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : []);
  const folders = namesIn('node_modules').flatMap((name) =>
    name.startsWith('@') ? namesIn(join('node_modules', name)).map((one) => join(name, one)) : [name],
  );
  return folders.filter((folder) => existsSync(join('node_modules', folder, 'package.json'))).length;
}
