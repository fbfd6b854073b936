import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { runCli } from '../test-fixture.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

const scriptFor = async (shell: string): Promise<string> => (await runCli('nowhere', 'completion', shell)).out.join('\n');

const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;
const testWith = (shell: string) => (isInstalled(shell) ? test : test.skip);

const SCRIPTS = { bash: await scriptFor('bash'), zsh: await scriptFor('zsh'), fish: await scriptFor('fish') } as const;
const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** What bash offers where the last word is being typed. */
function completions(...words: readonly string[]): readonly string[] {
  const line = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _tidings; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', `${SCRIPTS.bash}\n${line}`], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`bash ended with ${status}: ${stderr}`);
  return stdout.split('\n').filter((word) => word !== '');
}

testWith('bash')('bash completes commands', (t) => {
  t.deepEqual(completions('tidings', 'de'), ['dead-letters', 'deliveries']);
  t.deepEqual(completions('tidings', 'log', ''), ['read', 'tail', 'export', 'set-aside', '--help']);
  t.deepEqual(completions('tidings', 'completion', ''), ['bash', 'zsh', 'fish', '--help']);
});

testWith('bash')('bash completes the options of the command that was typed', (t) => {
  t.deepEqual(completions('tidings', 'log', 'read', '--st'), ['--stream']);
  t.deepEqual(completions('tidings', 'log', 'export', '--st'), ['--streams']);
  t.true(completions('tidings', 'deliveries', '--').includes('--person'));
});

testWith('bash')('bash completes the values of an option', (t) => {
  t.deepEqual(completions('tidings', 'outbox', 'behave', '--channel', ''), ['push', 'sms', 'email']);
  t.deepEqual(completions('tidings', 'log', 'read', '--stream', ''), []);
  t.deepEqual(completions('tidings', '--data', 'doc'), ['docs']);
  t.true(readdirSync(ROOT).every((name) => completions('tidings', 'log', 'export', '--out', name).includes(name)));
});

testWith('bash')('bash takes the value of an option for no command', (t) => {
  t.deepEqual(completions('tidings', '--data', 'log', 'store', ''), ['scavenge', 'verify', '--help']);
  t.deepEqual(completions('tidings', 'outbox', 'list', '--channel', 'push', '--l'), ['--limit']);
});

/** What fish offers where the last word is being typed. */
function fishCompletions(line: string): readonly string[] {
  const { stdout, stderr, status } = spawnSync('fish', ['--no-config', '-c', `${SCRIPTS.fish}\ncomplete -C '${line}'`], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`fish ended with ${status}: ${stderr}`);
  return stdout.split('\n').flatMap((candidate) => (candidate === '' ? [] : [candidate.split('\t', 1)[0] ?? '']));
}

testWith('fish')('fish completes commands, the options of the one that was typed, and their values', (t) => {
  t.deepEqual(fishCompletions('tidings de'), ['dead-letters', 'deliveries']);
  t.deepEqual(fishCompletions('tidings log read --st'), ['--stream']);
  t.deepEqual(fishCompletions('tidings log export --st'), ['--streams']);
  t.deepEqual(fishCompletions('tidings outbox behave --channel ').toSorted(), ['email', 'push', 'sms']);
  t.deepEqual(fishCompletions('tidings completion ').toSorted(), ['bash', 'fish', 'zsh']);
});

testWith('fish')('fish takes the value of an option for no command', (t) => {
  t.deepEqual(fishCompletions('tidings --data log store ').toSorted(), ['scavenge', 'verify']);
  t.deepEqual(fishCompletions('tidings outbox list --channel push --l'), ['--limit']);
});

/** What zsh would offer, unfiltered: its completion functions are replaced by ones that print. */
function zshCompletions(...words: readonly string[]): readonly string[] {
  const printing = `compdef() { : }; _files() { print -r -- '(files)' }; compadd() { shift; print -rl -- "$@" }; _describe() { print -rl -- "\${(@P)2}" }`;
  const typed = `words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; _tidings`;
  const { stdout, stderr, status } = spawnSync('zsh', ['-f', '-c', `${printing}\n${SCRIPTS.zsh}\n${typed}`], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`zsh ended with ${status}: ${stderr}`);
  return stdout.split('\n').flatMap((candidate) => (candidate === '' ? [] : [candidate.split(':', 1)[0] ?? '']));
}

testWith('zsh')('zsh completes commands, the options of the one that was typed, and their values, and takes no value for a command', (t) => {
  t.deepEqual(zshCompletions('tidings', 'log', ''), ['read', 'tail', 'export', 'set-aside', '--help']);
  t.true(zshCompletions('tidings', 'log', 'read', '').includes('--stream'));
  t.deepEqual(zshCompletions('tidings', 'outbox', 'behave', '--channel', ''), ['push', 'sms', 'email']);
  t.deepEqual(zshCompletions('tidings', 'log', 'export', '--out', ''), ['(files)']);
  t.deepEqual(zshCompletions('tidings', '--data', 'log', 'store', ''), ['scavenge', 'verify', '--help']);
});

for (const shell of SHELLS) {
  testWith(shell)(`${shell} can read its script`, async (t) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'tidings-completion-'));
    const script = join(folder.path, 'script');
    await writeFile(script, SCRIPTS[shell]);
    const { status, stderr } = spawnSync(shell, ['-n', script], { encoding: 'utf8' });
    t.is(status, 0, stderr);
    t.is(stderr, '');
  });
}

test('every script has every command and option', async (t) => {
  for (const command of [[], ['log', 'read'], ['outbox', 'behave'], ['explain-push']]) {
    const { out } = await runCli('nowhere', ...command, '--help');
    const help = out.join('\n');
    const options = Array.from(help.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm), ([, long = '']) => long);
    const commands = Array.from(help.slice(help.indexOf('\nCommands:')).matchAll(/^ {2}([a-z][a-z-]+)/gm), ([, name = '']) => name);
    for (const word of [...options, ...commands.filter((name) => name !== 'help')])
      for (const shell of SHELLS) t.true(SCRIPTS[shell].includes(word), `${shell}: ${command.join(' ')} ${word}`);
  }
});
