/** What browsers know by its name, whatever version of the pages it is of: the service worker, the manifest, and its icons. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { assetOf, FOR_BROWSERS, WEB, type Asset, type Pages } from './bundle.ts';

const FILES = ['manifest.json', 'icons/icon-192.png', 'icons/icon-512.png', 'icons/icon-maskable-512.png'];
const VERSION_CHARACTERS = 16;

/** By path. Another version of the pages is another service worker, byte for byte: so browsers learn of it. */
export async function loadNamedFiles({ document, assets }: Pages): Promise<ReadonlyMap<string, Asset>> {
  const files = [...assets.keys()].toSorted();
  const version = createHash('sha256').update(document.etag).update(files.join()).digest('base64url').slice(0, VERSION_CHARACTERS);
  const { outputFiles } = await build({
    ...FOR_BROWSERS,
    entryPoints: [join(WEB, 'service-worker/service-worker.ts')],
    outdir: '/',
    define: { PAGES: JSON.stringify({ version, files }) },
  });
  const read = await Promise.all(FILES.map(async (path) => ({ path, contents: await readFile(join(WEB, path)) })));
  const built = outputFiles.map(({ contents }) => ({ path: 'service-worker.js', contents }));
  return new Map([...built, ...read].map(({ path, contents }) => [path.replace(/^(.*\/)?/, '/'), assetOf(path, Buffer.from(contents))]));
}
