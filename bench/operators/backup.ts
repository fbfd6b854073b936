/** A backup of a running process, and what people feel of it. */
import { spawnSync } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../distributed/report.ts';
import { secondsSince } from '../shared/statistics.ts';
import { runTidings } from './folder.ts';
import type { Load } from './load.ts';
import type { Target } from './target.ts';

const MEGABYTE = 1_048_576;
/** More than any disk has. */
const UNPACED = ['--megabytes-per-second', '100000'] as const;

export async function benchBackup({ dataFolder, outFolder }: Target, load: Load, report: Report): Promise<void> {
  const startedAt = performance.now();
  const { bytes } = await runTidings(dataFolder, 'backup', join(outFolder, 'backup'), ...UNPACED, '--json');
  const value = Number(bytes) / MEGABYTE / secondsSince(startedAt);
  report.figure({
    name: `backup of ${Math.round(Number(bytes) / MEGABYTE)} MB`,
    value,
    unit: 'MB/s',
    peer: await copyBare(join(dataFolder, 'events'), outFolder),
  });
  let made = 0;
  await load.beside({ name: 'a backup at its pace', once: () => runTidings(dataFolder, 'backup', join(outFolder, `backup-${(made += 1)}`)) }, report);
}

/** The log's files, with everything on the disk. */
async function copyBare(from: string, outFolder: string): Promise<{ readonly name: string; readonly value: number }> {
  const to = join(outFolder, 'copy');
  const startedAt = performance.now();
  for (const [command, ...args] of [
    ['cp', '-r', from, to],
    ['sync', '-f', outFolder],
  ] as const)
    if (spawnSync(command, args).status !== 0) throw new Error(`${command} failed.`);
  const took = secondsSince(startedAt);
  const sizes = await Promise.all((await readdir(to)).map(async (name) => (await stat(join(to, name))).size));
  return { name: 'cp and sync', value: sizes.reduce((sum, size) => sum + size, 0) / MEGABYTE / took };
}
