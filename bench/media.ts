/**
 * Photos of 12 megapixels: how many a second the processes that prepare them make into three sizes and a blur hash, beside bare sharp doing
 * the same in this process in the same run, with as many at a time. `npm run bench:media [-- --photos 40] [--json file]`. The figures are
 * goals, never assertions.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import sharp from 'sharp';
import { limitSharp, makeVariants } from '../ports/pictures/make-variants.ts';
import { startPictures } from '../ports/pictures/pictures.ts';
import { EDGE_MAX_PIXELS } from '../ports/pictures/port.ts';
import { temporaryFolder } from '../tests/start-for-test.ts';
import { inParallel } from './distributed/waiting.ts';
import { openReport } from './distributed/report.ts';
import { secondsSince } from './shared/statistics.ts';

const [WIDTH, HEIGHT] = [4_000, 3_000];
/** Blown up to a photo, this many random pixels give shapes and edges of the size that things in photos have. */
const GRAIN_PIXELS = 400;
const GOAL_RATIO = 0.8;
const ROUNDS = 3;
/** Of one process, and of one photo: as the settings are. */
const MEMORY_BYTES_MAX = 1_073_741_824;
const DEADLINE_MS = 60_000;
const VARIANTS = ['full', 'medium', 'small'] as const;

const options = new Command('bench:media')
  .description('Measure how fast photos are prepared, beside bare sharp.')
  .option('--photos <n>', 'in each of three rounds', '20')
  .option('--json <file>', 'keep the figures in this file')
  .parse()
  .opts<{ readonly photos: string; readonly json?: string }>();

const report = openReport({ isQuick: false, file: options.json, command: 'npm run bench:media' }).of('media');
await using folder = await temporaryFolder();
const photo = join(folder.path, 'photo.jpeg');
await writeFile(photo, await makePhoto());
const atOnce = availableParallelism();
await using pictures = startPictures({ processesMax: atOnce, memoryBytesMax: MEMORY_BYTES_MAX, deadlineMs: DEADLINE_MS });
let folders = 0;

const prepare = async () => {
  const made = await pictures.prepare({ source: photo, folder: await nextFolder() });
  if (made.outcome !== 'prepared' || made.variants.length !== VARIANTS.length) throw new Error('A photo was refused.');
};
const bare = async () => {
  const made = await makeVariants(photo, await nextFolder(), VARIANTS);
  if (made.outcome !== 'made') throw new Error('A photo was refused.');
};
/** As one would write it first: each size from the file. */
const naive = async () => {
  const into = await nextFolder();
  for (const name of VARIANTS) {
    const edge = EDGE_MAX_PIXELS[name];
    await sharp(photo).autoOrient().resize({ width: edge, height: edge, fit: 'inside' }).jpeg({ quality: 82 }).toFile(join(into, name));
  }
};

limitSharp();
for (const work of [prepare, bare, naive]) await inParallel(atOnce, atOnce, work);
const perSecond = new Map<() => Promise<void>, number>();
for (let round = 0; round < ROUNDS; round++) {
  for (const work of [prepare, bare, naive]) {
    const startedAt = performance.now();
    await inParallel(Number(options.photos), atOnce, work);
    perSecond.set(work, (perSecond.get(work) ?? 0) + Number(options.photos) / secondsSince(startedAt) / ROUNDS);
  }
}
const name = `photos of 12 megapixels, ${atOnce} at a time`;
const value = perSecond.get(prepare) ?? 0;
const goal = { of: 'ratio', least: GOAL_RATIO } as const;
report.figure({ name, value, unit: 'photos/s', peer: { name: 'the same by bare sharp in one process', value: perSecond.get(bare) ?? 0 }, goal });
report.figure({ name, value, unit: 'photos/s', peer: { name: 'three sizes by bare sharp, each from the file', value: perSecond.get(naive) ?? 0 } });

async function nextFolder(): Promise<string> {
  const path = join(folder.path, String(folders++));
  await mkdir(path);
  return path;
}

async function makePhoto(): Promise<Buffer> {
  const grain = randomBytes(GRAIN_PIXELS * GRAIN_PIXELS * 3);
  const shapes = sharp(grain, { raw: { width: GRAIN_PIXELS, height: GRAIN_PIXELS, channels: 3 } });
  return await shapes.resize({ width: WIDTH, height: HEIGHT, fit: 'fill', kernel: 'cubic' }).jpeg({ quality: 92 }).toBuffer();
}
