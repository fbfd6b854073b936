/** Writes `docs/scale.md` from unit costs: the test beside it holds the page to what this prints. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import {
  averageOf,
  CHAT_DAILY_USERS,
  CONNECTIONS,
  FEED_DAILY_USERS,
  GATEWAY_CONNECTIONS_MAX,
  LOADS,
  peakOf,
  UTILISATION_MAX,
  WARM_FRIENDS,
  WORKS,
} from './loads.ts';
import { appendsAtPeak, gatewayMemory, logsNeeded, needs, redisMemory, storageADay, sum, whatBreaksFirst, type Figure } from './needs.ts';
import { feedSimulation, readFeedSimulation } from './feed-simulation.ts';
import { costOf, cpuId, isEstimate, PARTS, type UnitCosts } from './unit-costs.ts';

export const SCALE_PAGE = resolve(import.meta.dirname, '../../docs/scale.md');
/** Written by hand: what was measured of one process, and what can't be measured here. */
const partial = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8').trim();

/** In the house’s form. */
export async function scalePage(costs: UnitCosts): Promise<string> {
  const sections = [
    intro(),
    partial('./embedded.md'),
    loads(),
    unitCosts(costs),
    processes(costs),
    memory(costs),
    storage(costs),
    limits(costs),
    feedSimulation(readFeedSimulation()),
    partial('./several-data-centres.md'),
  ];
  return await format(sections.join('\n\n'), { ...(await resolveConfig(SCALE_PAGE)), filepath: SCALE_PAGE });
}

const intro = (): string => `# Scale

<!-- Written by \`npm run scale\` from \`bench/scale/unit-costs.json\`. Change that, or the script, and not this page. -->

The measured costs of Tidings, and what they amount to at the load it must carry. A figure with ≈ contains an estimate: something that nobody has measured yet. \`npm run bench:distributed -- --json results.json\` measures the distributed profile, and \`npm run scale -- --take results.json\` computes this page anew.`;

const loads = (): string => `## What must be carried

${million(FEED_DAILY_USERS)} daily users of the feed with ${WARM_FRIENDS} friends whose feeds are warm, ${million(CHAT_DAILY_USERS)} of chat, and ${million(CONNECTIONS)} connections at once.

${table(
  ['work', 'a day', 'a second, on average', 'a second, at the peak'],
  WORKS.map((work) => [LOADS[work].name, count(LOADS[work].aDay), count(averageOf(LOADS[work])), count(peakOf(LOADS[work]))]),
)}`;

function unitCosts(costs: UnitCosts): string {
  const rows = PARTS.map((part) => [
    part,
    ...WORKS.map((work) => told(figureOf(costs, cpuId(work, part)), digits)),
    told(figureOf(costs, cpuId('idle', part)), count),
  ]);
  const other = Object.entries(costs)
    .filter(([id]) => !id.includes('.cpu.'))
    .map(([id, cost]) => [`\`${id}\``, cost.about, `${told({ value: cost.value, isEstimate: isEstimate(cost) }, count)} ${cost.unit}`, sourceOf(costs, id)]);
  return `## What a unit costs in the distributed profile

CPU of each role and each server, in µs a unit. The servers are those of \`npm run cluster\`: our own event store in place of EventStoreDB, and SecantusDB, which is slower than MongoDB, in its place. ${cpuSources(costs)}

${table(['', ...WORKS.map((work) => LOADS[work].name), 'a second of idling'], rows)}

${table(['id', 'of', 'cost', 'source'], other)}`;
}

/** By which command and when the CPU was measured, or that it was not. */
function cpuSources(costs: UnitCosts): string {
  const sources = new Set(WORKS.flatMap((work) => PARTS.map((part) => sourceOf(costs, cpuId(work, part)))));
  return `Source: ${[...sources].join('; ')}.`;
}

function processes(costs: UnitCosts): string {
  const rows = needs(costs).map(({ part, coresAtPeak, processes: number, most }) => [part, told(coresAtPeak, digits), told(number, count), most]);
  const logs = logsNeeded(costs);
  return `## Processes and logs

Everything is at its peak at once, and no core is used by more than ${UTILISATION_MAX * 100} %. A process of a role uses one core; of a server it is a core. There are two of each at least. A gateway has ${count(GATEWAY_CONNECTIONS_MAX)} connections at most.

${table(['role or server', 'cores at the peak', 'processes, or cores of a server', 'most of it for'], rows)}

**Logs.** ${count(appendsAtPeak())} appends a second at the peak need ${told(logs, count)} logs, each a cluster of its own: one takes ${told(figureOf(costs, 'log.appends'), count)} durable appends a second. Slots of streams spread over them.`;
}

function memory(costs: UnitCosts): string {
  const rows = redisMemory(costs).map(({ what, bytes, nodes }) => [what, told(bytes, size), count(nodes)]);
  return `## Memory

${table(['in Redis', 'bytes', 'nodes of 32 GB'], rows)}

The feed cache may evict: with half of its nodes, half of the feeds are cold, and read from the views. The connections take ${told(gatewayMemory(costs), size)} in all gateways together.`;
}

function storage(costs: UnitCosts): string {
  const days = storageADay(costs);
  const [log, mongodb] = [sum(days.map((one) => one.log)), sum(days.map((one) => one.mongodb))];
  const rows = days.map((one) => [LOADS[one.work].name, told(one.log, size), told(one.mongodb, size)]);
  const year = (figure: Figure) => told({ ...figure, value: figure.value * 365 }, size);
  return `## Storage a day

One copy, before compression and without MongoDB’s indexes; a cluster of three keeps three.

${table(['of', 'log', 'MongoDB'], [...rows, ['together', told(log, size), told(mongodb, size)], ['in a year', year(log), year(mongodb)]])}`;
}

function limits(costs: UnitCosts): string {
  const rows = whatBreaksFirst(costs).map(({ what, share, remedy }) => [what, told(share, percent), remedy]);
  return `## What breaks first

The share of the load above that one core, one log or one node carries, the least first. What has no room left is answered by queues that grow, projections that lag and, in the end, 503 and 429: nothing is lost.

${table(['what is one', 'carries', 'what is done then'], rows)}`;
}

const figureOf = (costs: UnitCosts, id: string): Figure => {
  const cost = costOf(costs, id);
  return { value: cost.value, isEstimate: isEstimate(cost) };
};

function sourceOf(costs: UnitCosts, id: string): string {
  const cost = costOf(costs, id);
  return 'measured' in cost ? `\`${cost.measured.command}\`, ${cost.measured.date}` : cost.estimate;
}

const told = ({ value, isEstimate: estimated }: Figure, form: (value: number) => string): string => `${estimated && value !== 0 ? '≈ ' : ''}${form(value)}`;

const count = (value: number): string => Math.round(value).toLocaleString('en');
const digits = (value: number): string => (value >= 100 || value === 0 ? count(value) : String(Number(value.toPrecision(2))));
const million = (value: number): string => `${value / 1_000_000} million`;
const percent = (share: number): string => `${String(Number((100 * share).toPrecision(2)))} %`;

function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1_000 ** power).toPrecision(3))} ${units[power] ?? ''}`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
