/** The pages: bundled from `web/` when the front starts, and kept in memory with their compressed bytes. Nothing is written to disk. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, parse, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions, type Metafile } from 'esbuild';

export type Asset = { readonly type: string; readonly body: Buffer; readonly compressed: Buffer; readonly etag: string };

export type Pages = {
  /** Answers every address of the application. */
  readonly document: Asset;
  /** By path; a path is never another file again. */
  readonly assets: ReadonlyMap<string, Asset>;
  /** By path, what is looked at anew each time. */
  readonly named?: ReadonlyMap<string, Asset>;
};

export const WEB = resolve(import.meta.dirname, '..', 'web');
const ETAG_CHARACTERS = 16;
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  json: 'application/manifest+json',
};

export const FOR_BROWSERS = {
  bundle: true,
  write: false,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2023',
  logLevel: 'silent', // a fault is thrown
} as const satisfies BuildOptions;

/** What is bundled, by its paths within `web/`; and the address under which its files are. */
export type PagesSource = { readonly script: string; readonly style: string; readonly template: string; readonly under: string };

const FOR_PEOPLE: PagesSource = { script: 'app/main.tsx', style: 'styles/app.css', template: 'index.html', under: '/assets' };

export async function bundlePages({ script, style, template, under }: PagesSource = FOR_PEOPLE): Promise<Pages> {
  const { outputFiles, metafile } = await build({
    ...FOR_BROWSERS,
    entryPoints: [join(WEB, script), join(WEB, style), join(WEB, 'icon.svg')],
    outdir: under,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    splitting: true,
    metafile: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'copy' },
  });
  const assets = new Map(outputFiles.map(({ path, contents }) => [`${under}/${basename(path)}`, assetOf(path, Buffer.from(contents))]));
  const addressOf = (beginning: string, end: string): string => {
    const found = [...assets.keys()].find((path) => path.startsWith(`${under}/${beginning}-`) && path.endsWith(end));
    if (found === undefined) throw new Error(`The bundle has no ${beginning}${end}.`);
    return found;
  };
  const html = await readFile(join(WEB, template), 'utf8');
  const document = html
    .replace('{script}', addressOf(parse(script).name, '.js'))
    .replace('{style}', addressOf(parse(style).name, '.css'))
    .replace('{icon}', addressOf('icon', '.svg'))
    .replace('</head>', `${preloads(metafile, addressOf(parse(script).name, '.js'))}</head>`);
  return { document: assetOf('index.html', Buffer.from(document)), assets };
}

/** Of all that the script imports before it runs: a browser would else find one after the other. */
function preloads({ outputs }: Metafile, script: string): string {
  const importsOf = new Map(Object.entries(outputs).map(([path, { imports }]) => [basename(path), imports.filter(({ kind }) => kind === 'import-statement')]));
  const found = new Set<string>();
  const follow = (name: string): void => {
    for (const { path } of importsOf.get(name) ?? []) {
      const imported = basename(path);
      if (found.has(imported)) continue;
      found.add(imported);
      follow(imported);
    }
  };
  follow(basename(script));
  return Array.from(found, (name) => `<link rel="modulepreload" href="${dirname(script)}/${name}" />`).join('');
}

export function assetOf(path: string, body: Buffer): Asset {
  const extension = path.slice(path.lastIndexOf('.') + 1);
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, ETAG_CHARACTERS)}"`;
  return { type: TYPES[extension] ?? 'text/html; charset=utf-8', body, compressed: gzipSync(body), etag };
}
