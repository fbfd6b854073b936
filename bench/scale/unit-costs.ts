/** What a unit of work costs: measured, by which command and when, or estimated, and why. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Work } from './loads.ts';

export const UNIT_COSTS_FILE = new URL('./unit-costs.json', import.meta.url);

export const ROLE_PARTS = ['write-api', 'read-api', 'gateway', 'projections', 'fan-out', 'planning', 'delivery', 'schedules'] as const;
export const SERVER_PARTS = ['event-store', 'mongodb', 'redis', 'feed-cache-redis'] as const;
export const PARTS = [...ROLE_PARTS, ...SERVER_PARTS];
export type Part = (typeof PARTS)[number];

const about = { about: z.string().min(1), unit: z.enum(['µs', 'bytes', '/s']), value: z.number().nonnegative() };
const measured = z.strictObject({ command: z.string().startsWith('npm run '), date: z.iso.date() });
const unitCostSchema = z.union([z.strictObject({ ...about, measured }), z.strictObject({ ...about, estimate: z.string().min(1) })]);
const unitCostsSchema = z.record(z.string(), unitCostSchema);
export type UnitCost = z.infer<typeof unitCostSchema>;
export type UnitCosts = Readonly<Record<string, UnitCost>>;

/** What `npm run bench:distributed -- --json` writes, as far as it is read here. */
const resultsSchema = z.object({
  command: z.string(),
  date: z.iso.date(),
  isQuick: z.boolean(),
  unitCosts: z.record(z.string(), z.number().nonnegative()),
});

export const readUnitCosts = (): UnitCosts => unitCostsSchema.parse(JSON.parse(readFileSync(UNIT_COSTS_FILE, 'utf8')));

const SIGNIFICANT_DIGITS = 3;

/** The costs that the results name, in place of those before. Throws for a quick run, and for a cost that nobody knows. */
export function withResults(costs: UnitCosts, json: string): { readonly costs: UnitCosts; readonly taken: number } {
  const { command, date, isQuick, unitCosts } = resultsSchema.parse(JSON.parse(json));
  if (isQuick) throw new Error('These are the results of a quick run, which mean nothing.');
  const unknown = Object.keys(unitCosts).filter((id) => costs[id] === undefined);
  if (unknown.length > 0) throw new Error(`Not in unit-costs.json: ${unknown.join(', ')}.`);
  const taken = Object.entries(unitCosts).map(([id, value]) => {
    const { about, unit } = costs[id] as UnitCost;
    return [id, { about, unit, value: Number(value.toPrecision(SIGNIFICANT_DIGITS)), measured: { command, date } }] as const;
  });
  return { costs: { ...costs, ...Object.fromEntries(taken) }, taken: taken.length };
}

/** Throws where there is none. */
export function costOf(costs: UnitCosts, id: string): UnitCost {
  const cost = costs[id];
  if (cost === undefined) throw new Error(`unit-costs.json has no ${id}.`);
  return cost;
}

export const cpuId = (work: Work | 'idle', part: Part): string => `${work}.cpu.${part}`;
export const isEstimate = (cost: UnitCost): boolean => 'estimate' in cost;
