/** Holds the layout of ARCHITECTURE.md against the code: who may import whom, what the domain may touch, where the process may be ended. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import test from 'ava';

const ROOT = resolve(import.meta.dirname, '..');

/** What each folder may import of ours. `adapters` of ports are named apart: only those who wire may name them. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  commands: ['domain', 'ports'],
  projections: ['domain', 'ports'],
  'write-api': ['edge', 'commands', 'domain', 'ports'],
  'read-api': ['edge', 'projections', 'domain', 'ports'],
  workers: ['commands', 'projections', 'domain', 'ports'],
  edge: ['domain', 'ports'],
  gateway: ['edge', 'commands', 'projections', 'domain', 'ports'],
  ports: ['domain'],
  'event-store': [],
  client: [],
  web: ['client'],
  front: ['edge', 'domain', 'ports', 'web'],
  app: ['*'],
  cli: ['domain', 'projections', 'ports', 'app'],
  tests: ['*'],
  bench: ['*'],
};

/** Inside a room: its folders from the lowest up. A folder may import those before it, and none after it. What stands in the room itself puts them together. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  domain: ['shared', 'operators', 'media', 'people', 'moderation', 'chat', 'feed', 'exports', 'subscriptions', 'notifications'],
  'domain/notifications': [
    'apps',
    'failover',
    'routing',
    'stops',
    'webhooks',
    'templates',
    'lists',
    'schedules',
    'categories',
    'centre',
    'digests',
    'delivery',
    'planning',
  ],
  commands: ['handling', 'operators', 'subscriptions', 'notifications', 'accounts', 'media', 'people', 'chat', 'feed', 'moderation', 'imports', 'exports'],
  projections: ['progress', 'leases', 'read-models', 'view-access', 'folding', 'engine', 'rollout', 'changes'],
  edge: ['network', 'auth', 'overload', 'http', 'docs'],
  'write-api': ['accounts', 'receipts', 'media', 'routes'],
  'read-api': ['media', 'feed', 'live', 'centre', 'search', 'changes', 'routes'],
  gateway: ['protocol', 'connection', 'channels', 'commands', 'presence', 'receipts', 'lifecycle'],
  workers: ['jobs', 'open-work', 'media', 'previews', 'notifications', 'chat', 'feed', 'people', 'exports'],
  'workers/notifications': ['tell', 'vendors', 'digests', 'plan', 'failover', 'lists', 'schedules', 'caps', 'deliver', 'webhooks', 'retention'],
  'event-store': ['storage', 'read', 'append', 'maintenance', 'system', 'grpc'],
  'event-store/grpc': ['wire', 'access', 'calls', 'streams', 'persistent'],
  client: ['http', 'storage', 'tabs', 'live', 'uploads', 'push', 'posts', 'chat', 'lists', 'app'],
};

/** Beside these, anything of `ports/` that is not listed is an adapter. */
const OF_THE_PORT = [
  'port.ts',
  'callbacks.ts',
  'outage.ts',
  'cache-tallies.ts',
  'position.ts',
  'slots.ts',
  'codec.ts',
  'keyring.ts',
  'hints.ts',
  'pace.ts',
  'render.ts',
  'check-template.ts',
  'encrypted-objects.ts',
  'phone-number.ts',
  'recurrence.ts',
];

const isTest = (file: string) =>
  file.endsWith('.test.ts') ||
  ['test-fixture.ts', 'given-when-then.ts'].includes(file.slice(file.lastIndexOf('/') + 1)) ||
  /(^|[/-])contract\.ts$/.test(file) ||
  /(^|\/)(faults|fault-injection)\//.test(file);

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesUnder(path);
    // What is generated is nobody's to read.
    return /\.tsx?$/.test(name) && !path.includes('/generated/') ? [relative(ROOT, path)] : [];
  });
}

const sources = Object.keys(MAY_IMPORT)
  .filter((folder) => existsSync(join(ROOT, folder)))
  .flatMap((folder) => filesUnder(join(ROOT, folder)));

const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Comments and strings may speak of anything. */
const code = (file: string) =>
  text(file)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|[^:'"`])\/\/.*$/gm, '$1');

function importsOf(file: string): { readonly ours: readonly string[]; readonly packages: readonly string[] } {
  const specifiers = Array.from(code(file).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g), ([, specifier = '']) => specifier);
  return {
    ours: specifiers.filter((specifier) => specifier.startsWith('.')).map((specifier) => relative(ROOT, resolve(ROOT, dirname(file), specifier))),
    packages: specifiers.filter((specifier) => !specifier.startsWith('.')),
  };
}

const folderOf = (file: string) => file.split('/')[0] ?? '';

test('every folder imports only what the layout allows it', (t) => {
  const wrong = sources
    .filter((file) => !isTest(file))
    .flatMap((file) => {
      const allowed = MAY_IMPORT[folderOf(file)] ?? [];
      return importsOf(file)
        .ours.filter((target) => folderOf(target) !== folderOf(file) && !allowed.includes('*') && !allowed.includes(folderOf(target)))
        .filter((target) => !(folderOf(file) === 'ports' && folderOf(target) === 'event-store'))
        .map((target) => `${file} imports ${target}`);
    });
  t.deepEqual(wrong, []);
});

test('of the pages, what serves them knows the addresses alone', (t) => {
  const wrong = sources
    .filter((file) => !isTest(file) && ['front', 'app'].includes(folderOf(file)))
    .flatMap((file) => importsOf(file).ours.filter((target) => folderOf(target) === 'web' && !target.endsWith('/app/addresses.ts')));
  t.deepEqual(wrong, []);
});

test('inside a room, folders import only those below them', (t) => {
  const wrong = Object.entries(LAYERS).flatMap(([room, layers]) => {
    const layerOf = (file: string) => (file.startsWith(`${room}/`) ? layers.indexOf(file.slice(room.length + 1).split('/')[0] ?? '') : -1);
    return sources
      .filter((file) => !isTest(file) && layerOf(file) >= 0)
      .flatMap((file) =>
        importsOf(file)
          .ours.filter((target) => layerOf(target) > layerOf(file))
          .map((target) => `${file} imports ${target}`),
      );
  });
  t.deepEqual(wrong, []);
});

test('ARCHITECTURE.md lists the same layers', (t) => {
  const rows = Array.from(text('ARCHITECTURE.md').matchAll(/^\| `([a-z/-]+)\/` +\| ((?:`[a-z-]+`(?:, )?)+) +\|$/gm), ([, room = '', layers = '']) => [
    room,
    layers.split(', ').map((layer) => layer.replaceAll('`', '')),
  ]);
  t.deepEqual(Object.fromEntries(rows), LAYERS);
});

test('every folder of a layered room has its place among the layers', (t) => {
  const TEST_FOLDERS = ['testing', 'faults', 'fault-injection', 'golden'];
  const unplaced = Object.entries(LAYERS).flatMap(([room, layers]) =>
    readdirSync(join(ROOT, room))
      .filter((name) => statSync(join(ROOT, room, name)).isDirectory() && !TEST_FOLDERS.includes(name) && !layers.includes(name))
      .map((name) => `${room}/${name}`),
  );
  t.deepEqual(unplaced, []);
});

test('no imports run in a circle', (t) => {
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file) || path.includes(file)) return;
    for (const target of importsOf(file).ours) if (existsSync(join(ROOT, target))) walk(target, [...path, file]);
    done.add(file);
  };
  for (const file of sources) if (!isTest(file)) walk(file, []);
  t.deepEqual(circles, []);
});

test('only those who wire name an adapter; all else sees the port', (t) => {
  const portOf = (file: string) => file.split('/').slice(0, 2).join('/');
  const isAdapter = (target: string) => folderOf(target) === 'ports' && !OF_THE_PORT.includes(target.slice(target.lastIndexOf('/') + 1));
  const wrong = sources
    .filter((file) => !isTest(file) && !['app', 'tests', 'bench'].includes(folderOf(file)) && file !== 'cli/main.ts')
    .flatMap((file) =>
      importsOf(file)
        // What several adapters share stands beside them: `ports/sqlite/`.
        .ours.filter(
          (target) => isAdapter(target) && portOf(target) !== portOf(file) && !(folderOf(file) === 'ports' && /^ports\/(sqlite|mongodb|redis)\//.test(target)),
        )
        .map((target) => `${file} imports ${target}`),
    );
  t.deepEqual(wrong, []);
});

test('the domain is pure: no package, no clock, no chance', (t) => {
  const wrong = sources
    .filter((file) => folderOf(file) === 'domain' && !isTest(file))
    .flatMap((file) => [
      ...importsOf(file).packages.map((name) => `${file} imports ${name}`),
      ...(/Date\.now|new Date\(\)|Math\.random|process\.|randomUUID|setTimeout/.exec(code(file)) ?? []).map((what) => `${file} uses ${what}`),
    ]);
  t.deepEqual(wrong, []);
});

test('commands and queries never meet', (t) => {
  const wrong = sources
    .filter((file) => !isTest(file))
    .flatMap((file) =>
      importsOf(file)
        .ours.filter(
          (target) =>
            (folderOf(file) === 'read-api' && folderOf(target) === 'commands') || (folderOf(file) === 'write-api' && folderOf(target) === 'projections'),
        )
        .map((target) => `${file} imports ${target}`),
    );
  t.deepEqual(wrong, []);
});

test('the environment is read and the process ended in app/ alone', (t) => {
  const wrong = sources
    .filter((file) => !isTest(file) && !['app', 'bench', 'tests'].includes(folderOf(file)) && file !== 'cli/main.ts')
    .filter((file) => /process\.(env|exit)\b/.test(code(file)));
  t.deepEqual(wrong, []);
});

test('nothing imports a test, and only tests import ava', (t) => {
  const wrong = sources
    .filter((file) => !isTest(file))
    .flatMap((file) =>
      [
        ...importsOf(file).ours.filter((target) => isTest(target) && folderOf(file) !== 'tests'),
        ...importsOf(file).packages.filter((name) => name === 'ava' && folderOf(file) !== 'tests'),
      ].map((target) => `${file} imports ${target}`),
    );
  t.deepEqual(wrong, []);
});

test('names are the domain’s: no Manager, Helper, Util, Service or Base', (t) => {
  // A service is what gRPC calls it.
  const wrong = sources.filter(
    (file) =>
      !file.startsWith('event-store/grpc/') && /\b(class|function|const|type|interface)\s+\w*(Manager|Helper|Util|Utils|Service|Base)\b/.test(code(file)),
  );
  t.deepEqual(wrong, []);
});

test('files are kebab-case, and stand on Node’s own TypeScript: no enums, namespaces or parameter properties', (t) => {
  const wrong = sources.filter(
    (file) =>
      !/^[a-z0-9/.-]+$/.test(file) ||
      /^\s*(export\s+)?(const\s+)?enum\s|^\s*namespace\s|constructor\(([^)]*,)?\s*(private|public|protected|readonly)\s/m.test(code(file)),
  );
  t.deepEqual(wrong, []);
});

/** These only ratchet tighter. A longer file is usually two ideas; a fuller folder no longer tells its design. */
const FILE_LINES_MAX = 300;
const MEDIAN_FILE_LINES_MAX = 72;
const FOLDER_MODULES_MAX = 18;

test('no file has grown past what one can hold in mind', (t) => {
  const lines = sources.map((file) => ({ file, count: text(file).split('\n').length - 1 })).toSorted((one, other) => one.count - other.count);
  t.deepEqual(
    lines.filter(({ count }) => count > FILE_LINES_MAX),
    [],
  );
  t.true((lines[Math.floor(lines.length / 2)]?.count ?? 0) <= MEDIAN_FILE_LINES_MAX);
});

test('a folder’s listing tells its design: it has few modules', (t) => {
  const counts = new Map<string, number>();
  for (const file of sources) if (!isTest(file)) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  t.deepEqual(
    [...counts].filter(([, count]) => count > FOLDER_MODULES_MAX),
    [],
  );
});

test('every top-level folder is in ARCHITECTURE.md, and every folder there exists', (t) => {
  const map = text('ARCHITECTURE.md');
  const folders = readdirSync(ROOT).filter(
    (name) => statSync(join(ROOT, name)).isDirectory() && !name.startsWith('.') && !['node_modules', 'data', 'dist', 'coverage'].includes(name),
  );
  t.deepEqual(
    folders.filter((folder) => !map.includes(`\`${folder}/\``)),
    [],
  );
});
