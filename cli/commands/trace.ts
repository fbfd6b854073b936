/** `tidings trace`: everything that one request led to, as a tree, from the log alone. */
import type { Command } from 'commander';
import type { LogLine } from '../../app/control/log-line.ts';
import type { CliContext } from '../context.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { positiveNumber } from '../options.ts';

const DAYS_DEFAULT = 7;
/** What problem details have before the id of a request. */
const REQUEST_PREFIX = /^urn:tidings:request:/;
/** As a collector shows it. */
const TRACE_ID = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

export function addTraceCommand(program: Command, { terminal, connect }: CliContext): void {
  program
    .command('trace')
    .description('Tell what one request led to: every event with its correlation id, as a tree with times.')
    .argument('<id>', 'a correlation id, the id of a request (`x-request-id`, or `instance` of a problem), of a trace, or of an event')
    .option('--days <count>', 'look back so many days', positiveNumber, DAYS_DEFAULT)
    .option('--json', 'print one JSON object a line, in the order of time')
    .addHelpText(
      'after',
      `
An event stands below the one that caused it; the time is since the first. The log has no index of this: it is read back from its end.

Examples:
  $ npx tidings trace 5f2b7c1a-9d3e-5b60-8a47-2c1d0e9f8b7a
  $ npx tidings trace urn:tidings:request:8395485b-8a29-4497-a076-62e6f6a876e8 --days 1 --json`,
    )
    .action(async (given: string, { days, json }: { readonly days: number; readonly json?: true }) => {
      const id = given.replace(REQUEST_PREFIX, '').replace(TRACE_ID, '$1-$2-$3-$4-$5');
      await using client = await connect();
      const events: LogLine[] = [];
      for await (const line of client.call('trace-events', { id, days })) {
        if (line.is === 'progress') terminal.progress(`${line.events.toLocaleString('en')} events read back, ${line.found} found`);
        else {
          const { is: _is, ...event } = line;
          events.push(event);
        }
      }
      if (events.length === 0) throw new CliFailure(EXIT.failed, `Nothing in the last ${days} ${days === 1 ? 'day' : 'days'} belongs to ${id}.`);
      events.sort((one, other) => ((one.at ?? '') < (other.at ?? '') ? -1 : one.at === other.at ? 0 : 1));
      for (const line of json === true ? events.map((event) => JSON.stringify(event)) : treeOf(events)) await terminal.print(line);
    });
}

/** `events` in the order of time. An event whose cause is not among them stands at the left. */
export function treeOf(events: readonly LogLine[]): readonly string[] {
  const known = new Set(events.map(({ id }) => id));
  const children = Map.groupBy(events, ({ id, causationId }) => (causationId !== undefined && causationId !== id && known.has(causationId) ? causationId : ''));
  const startMs = Date.parse(events[0]?.at ?? '');
  const lines: string[] = [];
  const add = (event: LogLine, before: string, below: string) => {
    lines.push(`${since(event, startMs)}  ${before}${event.type}  ${event.stream}@${event.revision}  ${event.actor ?? event.undecodable ?? '-'}`);
    const its = children.get(event.id) ?? [];
    for (const [n, child] of its.entries()) {
      const isLast = n === its.length - 1;
      add(child, `${below}${isLast ? '└ ' : '├ '}`, `${below}${isLast ? '  ' : '│ '}`);
    }
  };
  for (const event of children.get('') ?? []) add(event, '', '');
  return lines;
}

const TIME_CHARACTERS = 11;
const SECOND_MS = 1_000;

function since({ at }: LogLine, startMs: number): string {
  const ms = Date.parse(at ?? '') - startMs;
  const text = Number.isNaN(ms) ? '?' : ms < SECOND_MS ? `+${ms} ms` : `+${(ms / SECOND_MS).toFixed(1)} s`;
  return text.padStart(TIME_CHARACTERS);
}
