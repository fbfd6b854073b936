/** Which tests are nearest to a module: its own, those of its folder, and those that import it over the fewest other modules. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const NEAREST_MAX = 5;
const IMPORT = /(?:from|import|resolve)\s*\(?\s*'(\.[^']+\.ts)'/g;

export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** From each module to the modules that import it; paths relative to the root. */
export function importersOf(root: string, files: readonly string[]): ImportGraph {
  const importers = new Map<string, string[]>();
  for (const file of files) {
    for (const [, specifier = ''] of readFileSync(join(root, file), 'utf8').matchAll(IMPORT)) {
      const target = relative(root, resolve(root, dirname(file), specifier));
      importers.set(target, [...(importers.get(target) ?? []), file]);
    }
  }
  return importers;
}

export function nearestTests(importers: ImportGraph, file: string): readonly string[] {
  const seen = new Set([file]);
  const room = file.split('/')[0] ?? '';
  const found: string[] = [];
  let level: readonly string[] = [file];
  while (level.length > 0) {
    const next = [...new Set(level.flatMap((one) => importers.get(one) ?? []))].filter((one) => !seen.has(one));
    for (const one of next) seen.add(one);
    const tests = next.filter((one) => one.endsWith('.test.ts') && one.startsWith(`${room}/`));
    // A test may reach its module only through what puts the room together: those in its folder are near all the same.
    found.push(...(found.length === 0 ? tests : tests.filter((one) => distance(file, one) < 2)));
    level = next;
  }
  return found.toSorted((one, other) => distance(file, one) - distance(file, other)).slice(0, NEAREST_MAX);
}

/** A module's own test first, then its folder's, then the others. */
function distance(file: string, test: string): number {
  if (test === file.replace(/\.ts$/, '.test.ts')) return 0;
  return dirname(test) === dirname(file) ? 1 : 2;
}
