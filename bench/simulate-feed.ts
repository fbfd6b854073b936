/**
 * `npm run simulate:feed [-- --people 10000000 --take]`: which authors of a world of so many people would be pulled, and what that saves
 * and costs, by the functions that decide about it. No server runs. `--take` keeps the figures for `docs/scale.md`, which `npm run scale` writes.
 */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { PULL_THRESHOLDS } from '../domain/feed/delivery-mode/delivery-mode.ts';
import { FEED_SIMULATION_FILE } from './scale/feed-simulation.ts';
import { simulate } from './simulate-feed/simulate.ts';

/** Readers that are looked at are at least so many: enough for the quantiles. */
const READERS_MIN = 1_000_000;

const options = new Command('simulate:feed')
  .option('--people <count>', 'how many people there are', '10000000')
  .option('--seed <number>', 'draws who follows whom', '1')
  .option('--active <share>', 'of people: those who read within a week', '0.8')
  .option('--forced <count>', 'authors that are pulled in the second outcome', '20000')
  .option('--take', 'keep the figures for docs/scale.md')
  .parse()
  .opts<{ readonly people: string; readonly seed: string; readonly active: string; readonly forced: string; readonly take?: true }>();

const people = Number(options.people);
const startedMs = performance.now();
const simulation = simulate(
  {
    people,
    seed: Number(options.seed),
    thresholds: PULL_THRESHOLDS,
    activeShare: Number(options.active),
    forced: Number(options.forced),
    readersEvery: Math.max(1, Math.floor(people / READERS_MIN)),
  },
  (progress) => console.log(`${Math.round((performance.now() - startedMs) / 1_000)} s: ${progress}`),
);
console.log(simulation);
if (options.take) writeFileSync(FEED_SIMULATION_FILE, `${JSON.stringify(simulation, null, 2)}\n`);
