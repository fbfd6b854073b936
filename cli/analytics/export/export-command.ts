/** `tidings log export`: the log to one file of JSON lines, or to a folder of tables. */
import { Option, type Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { CliFailure, EXIT } from '../../failure.ts';
import { exportFile } from './export-file.ts';
import { EXPORT_FORMATS, PARTITIONS, type ExportFormat, type Partition } from './export-folder.ts';
import { exportTables, PART_EVENTS_MAX } from './export-tables.ts';
import { positiveNumber } from '../../options.ts';
import { scopeOf, withScope, type ScopeOptions } from './scope-options.ts';

type ExportOptions = ScopeOptions & {
  readonly out: string;
  readonly format: ExportFormat;
  readonly partitionBy?: Partition;
  readonly partEvents?: number;
  readonly json?: true;
};

export function addExport(log: Command, context: CliContext): void {
  withScope(log.command('export'))
    .description('Write the events to a file, one JSON object a line, or to a folder of tables; run again, it adds the new ones.')
    .requiredOption('--out <file>', 'the file, or the folder; an existing export is continued where it ended')
    .addOption(new Option('--format <format>', 'csv and parquet: a table for each event type').choices(EXPORT_FORMATS).default('ndjson'))
    .addOption(new Option('--partition-by <part>', 'a folder for each type, or for each day of a type (default: type)').choices(PARTITIONS))
    .option('--part-events <events>', `a part of a table has at most this many (default: ${PART_EVENTS_MAX})`, positiveNumber)
    .option('--reveal', 'export personal data instead of {"sealed":true}; needs --reason')
    .addOption(
      new Option('--pseudonyms <file>', 'put pseudonyms in the place of all ids, by the key in it, which is made where it is missing').conflicts('reveal'),
    )
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Interrupted or run again, it goes on where it ended; give it the same options each time. In tables, what is sealed or erased is null.
Personal data that was revealed stays in the files when its person is erased: keep them no longer than needed.

Examples:
  $ npx tidings log export --out events.ndjson
  $ npx tidings log export --out posts.ndjson --types 'feed.*'
  $ npx tidings log export --out warehouse --format parquet --partition-by day --from 2026-11-01
  $ npx tidings log export --out shared --format csv --pseudonyms pseudonyms.key`,
    )
    .action(async (options: ExportOptions) => {
      await (options.format === 'ndjson' && options.partitionBy === undefined ? toFile(context, options) : toFolder(context, options));
    });
}

async function toFile({ connect, terminal }: CliContext, { out, json, ...options }: ExportOptions): Promise<void> {
  await using client = await connect();
  const { events, last } = await exportFile({ client, terminal }, { out, scope: await scopeOf(options, client) });
  await terminal.print(json === true ? JSON.stringify({ out, events, last: last ?? null }) : `${events} events exported to ${out}.`);
}

async function toFolder(
  { connect, terminal, reason }: CliContext,
  { out, json, format, partitionBy = 'type', partEvents, ...options }: ExportOptions,
): Promise<void> {
  if (options.reveal === true && reason() === undefined) throw new CliFailure(EXIT.usage, 'Say with --reason why personal data is revealed.');
  await using client = await connect();
  const { events, place } = await exportTables(
    { client, terminal },
    { path: out, format, partitionBy, scope: await scopeOf(options, client), partEventsMax: partEvents ?? PART_EVENTS_MAX },
  );
  await terminal.print(json === true ? JSON.stringify({ out, events, last: place }) : `${events} events exported to ${out}.`);
}
