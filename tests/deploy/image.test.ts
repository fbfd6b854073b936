/** Dockerfile and .dockerignore against what the processes import, and against package.json. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import test from 'ava';
import { configFrom } from '../../app/config/config.ts';
import { ROOT, textOf } from './deployment.ts';

const dockerfile = textOf('Dockerfile');
const manifest = JSON.parse(textOf('package.json')) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
};
const rules = textOf('.dockerignore')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

/** Docker's rules: the last that matches decides; a folder takes what is in it along; `**` is any folders. */
function isSent(file: string): boolean {
  const parents = file.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'));
  const matches = (pattern: string) =>
    parents.some((path) =>
      new RegExp(
        `^${pattern
          .replaceAll('.', '\\.')
          .replaceAll('**/', '(.*/)?')
          .replaceAll(/(?<![.)])\*/g, '[^/]*')}$`,
      ).test(path),
    );
  return rules.reduce((sent, rule) => (rule.startsWith('!') ? sent || matches(rule.slice(1)) : sent && !matches(rule)), true);
}

/** Everything that these import, and what the imported ones import. */
function importedBy(...entries: readonly string[]): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } {
  const [files, packages] = [new Set(entries), new Set<string>()];
  for (const file of files) {
    const source = readFileSync(join(ROOT, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
    for (const [, types, specifier = ''] of source.matchAll(/(?:^|\n)(?:import|export)( type)? (?:[^'";]*? from )?'([^']+)'|(?:await import\()'([^']+)'/g)) {
      if (types !== undefined || specifier === '' || specifier.startsWith('node:')) continue;
      if (specifier.startsWith('.')) files.add(relative(ROOT, resolve(ROOT, dirname(file), specifier)));
      else packages.add(specifier.startsWith('@') ? specifier.split('/', 2).join('/') : (specifier.split('/')[0] ?? ''));
    }
  }
  return { files, packages };
}

/** What the front bundles when it starts. */
const BUNDLED = ['web/index.html', 'web/app/main.tsx', 'web/styles/app.css', 'web/text/ko.ts', 'client/index.ts'];

test('the image has every file that a process or the command line imports, and the pages that it shows', (t) => {
  const { files } = importedBy('app/main.ts', 'cli/main.ts');
  t.true(files.size > 300, `${files.size} files`);
  t.deepEqual(
    [...files, ...BUNDLED, 'cli/tidings.mjs', 'web/outbox/index.html', 'package.json', 'package-lock.json'].filter(
      (file) => !existsSync(join(ROOT, file)) || !isSent(file),
    ),
    [],
  );
});

test('the image has neither tests nor secrets nor what was written by a process', (t) => {
  const kept = [
    '.git/config',
    'secrets/vault-keys',
    'data/vault.sqlite',
    'node_modules/x.js',
    '.env',
    'bench/log.ts',
    'tests/tour/main.ts',
    'app/main.test.ts',
    'docs/operating.md',
  ];
  t.deepEqual(kept.filter(isSent), []);
});

test('what the processes import is in the dependencies of production', (t) => {
  const { packages } = importedBy('app/main.ts', 'cli/main.ts');
  t.true(packages.size > 10);
  t.deepEqual(
    [...packages].filter((name) => !(name in manifest.dependencies)),
    [],
  );
});

test('the image has the Node of package.json, and runs it as npm start does, not as root', (t) => {
  const images = Array.from(dockerfile.matchAll(/^FROM node:(\S+?)-bookworm-slim/gm), ([, version]) => version);
  t.deepEqual(new Set(images), new Set([manifest.dependencies['node']]));
  const [, entry = ''] = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile) ?? [];
  t.is((JSON.parse(entry) as readonly string[]).join(' '), (manifest.scripts['start'] ?? '').replace('exec ', ''));
  t.regex(dockerfile, /^USER node$/m);
  t.true(dockerfile.indexOf('\nUSER ') < dockerfile.indexOf('\nENTRYPOINT '));
});

test('the image exposes and checks the default ports', (t) => {
  const { ports } = configFrom({});
  t.is(/^EXPOSE (.*)$/m.exec(dockerfile)?.[1], [ports.front, ports.write, ports.read, ports.gateway, ports.ops].join(' '));
  t.true(dockerfile.includes(`http://127.0.0.1:${ports.ops}/health/live`));
});
