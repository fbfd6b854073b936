/** What a delivery costs in calls, by the counters that a process serves at `/metrics`: they tell the same on every machine. */
export type Counts = ReadonlyMap<string, number>;

const SERIES = /^(tidings_port_(?:calls|items)_total)\{port="(?<port>[^"]+)",operation="(?<operation>[^"]+)"\} (?<value>\S+)$/gm;
const CPU = /^process_cpu_seconds_total (\S+)$/m;
const ATTEMPTS = /^tidings_delivery_attempt_seconds_count\{(?=[^}]*channel="push")(?=[^}]*outcome="accepted")[^}]*\} (\S+)$/gm;

export type ProcessMetrics = { readonly counts: Counts; readonly cpuSeconds: number; readonly accepted: number };

export async function readMetrics(operations: string): Promise<ProcessMetrics> {
  const text = await (await fetch(`${operations}/metrics`)).text();
  const counts = new Map<string, number>();
  for (const [, name = '', port = '', operation = '', value] of text.matchAll(SERIES)) {
    if (name.endsWith('items_total') && !HAS_ITEMS.has(`${port} ${operation}`)) continue;
    counts.set(`${port} ${operation}${name.endsWith('items_total') ? ' items' : ''}`, Number(value));
  }
  const accepted = text.matchAll(ATTEMPTS).reduce((sum, [, value]) => sum + Number(value), 0);
  return { counts, cpuSeconds: Number(CPU.exec(text)?.[1]), accepted };
}

/** Where a call is about several things. */
const HAS_ITEMS = new Set(['log append', 'views commit', 'views load', 'jobs add', 'codec decodeAll']);

/** Of each counter that has grown by a hundredth a unit or more. */
export function countsEach(before: Counts, after: Counts, units: number): Counts {
  const each = [...after].map(([name, count]) => [name, (count - (before.get(name) ?? 0)) / units] as const);
  return new Map(each.filter(([, count]) => count >= COUNTED_FROM));
}

const COUNTED_FROM = 0.01;

export const tellCounts = (counts: Counts): string => [...counts].map(([name, count]) => `${name} ${count.toFixed(2)}`).join(', ');
