/** What `npm run simulate:feed -- --take` found, as a section of `docs/scale.md`. */
import { readFileSync } from 'node:fs';
import type { Outcome, Simulation } from '../simulate-feed/simulate.ts';

export const FEED_SIMULATION_FILE = new URL('./feed-simulation.json', import.meta.url);

export const readFeedSimulation = (): Simulation => JSON.parse(readFileSync(FEED_SIMULATION_FILE, 'utf8')) as Simulation;

export function feedSimulation({ people, edges, warmFeeds, deliveriesAPost, turns, byThresholds, forced }: Simulation): string {
  const row = (name: string, of: (outcome: Outcome) => string) => `| ${name} | ${of(byThresholds)} | ${of(forced)} |`;
  return `## Authors who are pulled

\`npm run simulate:feed\` draws ${count(people)} people with ${count(edges)} follows from a seed and lets the functions decide that decide in Tidings; no server runs. ${count(warmFeeds)} feeds are warm, and a post reaches ${count(deliveriesAPost)} of them on average. The second column has as many pulled authors as the reference tried.

| | by the thresholds | forced |
| --- | --- | --- |
${[
  row('pulled authors', ({ pulledAuthors }) => count(pulledAuthors)),
  row('deliveries that need not be made', ({ pushSaved }) => percent(pushSaved)),
  row('pulled authors of a reader: mean, p99, most', ({ pulledMean, pulledP99, pulledMax }) => `${pulledMean.toFixed(1)}, ${pulledP99}, ${pulledMax}`),
  row('posts of a feed that are pulled', ({ pulledPosts }) => percent(pulledPosts)),
  row('a warm feed of 500 posts in Redis, with its pulled authors, mean', ({ feedBytesMean }) => `${(feedBytesMean / 1_024).toFixed(1)} KiB`),
  row('entries of such a feed, p99.9', ({ entriesP999 }) => count(entriesP999)),
].join('\n')}

An author between the thresholds, or a fifth outside them, whose counts are off by up to 15 %, turns ${turns.byMean.toFixed(2)} times in 200 posts by the mean of the last twenty counts, and ${turns.byEachCount.toFixed(2)} times by each count alone. A page reads the newest post of each pulled author of its reader by one query, and the timelines of those who have posted within the page.`;
}

const count = (value: number): string => Math.round(value).toLocaleString('en-US');
const percent = (part: number): string => `${Math.round(part * 100)} %`;
