/**
 * Makes of the library what would be published: ESM for browsers and Node, its types, and a `package.json`, in `dist/client/`:
 * `npm run build:client`. It needs nothing of Node, so that browsers can have it.
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../..');

const ENTRIES = { '.': 'index', './app': 'app' } as const;

/** Returns the bytes of each entry, compressed: all that it loads at once, and nothing that it loads when it is needed. */
export async function bundleClient(into: string): Promise<Readonly<Record<string, number>>> {
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  const { metafile } = await build({
    entryPoints: Object.values(ENTRIES).map((name) => join(ROOT, `client/${name}.ts`)),
    outdir: into,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser', // so that anything of Node's is an error
    target: 'es2023',
    minify: true,
    sourcemap: true,
    metafile: true,
    logLevel: 'error',
    absWorkingDir: ROOT,
  });
  const loadedBy = (path: string, known = new Set<string>()): ReadonlySet<string> => {
    if (known.has(path)) return known;
    known.add(path);
    for (const { path: imported, kind } of metafile.outputs[path]?.imports ?? []) if (kind === 'import-statement') loadedBy(imported, known);
    return known;
  };
  const sizes = Object.values(ENTRIES).map(async (name) => {
    const files = [...loadedBy(relative(ROOT, join(into, `${name}.js`)))].map(async (path) => gzipSync(await readFile(join(ROOT, path))).length);
    return [name, (await Promise.all(files)).reduce((sum, bytes) => sum + bytes, 0)] as const;
  });
  return Object.fromEntries(await Promise.all(sizes));
}

/** Returns what `bundleClient` returns. */
export async function buildClient(into: string): Promise<Readonly<Record<string, number>>> {
  const sizes = await bundleClient(into);
  const compiled = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, 'client'), '--outDir', join(into, 'types')], {
    encoding: 'utf8',
  });
  if (compiled.status !== 0) throw new Error(compiled.stdout + compiled.stderr);
  for (const file of await readdir(join(into, 'types'), { recursive: true })) {
    if (!file.endsWith('.d.ts')) continue;
    const path = join(into, 'types', file);
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'"));
  }
  const { version, license } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string; readonly license: string };
  const exports = Object.entries(ENTRIES).map(([path, name]) => [path, { types: `./types/${name}.d.ts`, default: `./${name}.js` }]);
  const manifest = {
    name: 'tidings-client',
    version,
    license,
    type: 'module',
    sideEffects: false,
    exports: Object.fromEntries(exports),
    dependencies: { 'openapi-fetch': '^0.17.0' },
  };
  await writeFile(join(into, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await cp(join(ROOT, 'client/README.md'), join(into, 'README.md'));
  return sizes;
}

if (import.meta.main) {
  const into = join(ROOT, 'dist/client');
  for (const [name, bytes] of Object.entries(await buildClient(into)))
    console.log(`${join(into, `${name}.js`)}: ${bytes.toLocaleString('en')} bytes compressed`);
}
