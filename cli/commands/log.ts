/** `tidings log …`: reads, follows and exports the events, and sets damaged ones aside. */
import { Option, type Command } from 'commander';
import type { LogLine } from '../../app/control/log-line.ts';
import type { OperationRequest } from '../../app/control/protocol.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { addExport } from '../analytics/export/export-command.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { eventTypes, revisionOrPosition, positiveNumber } from '../options.ts';
import type { CliContext } from '../context.ts';

type Filters = {
  readonly log?: string;
  readonly stream?: string;
  readonly from?: number | Position;
  readonly types?: readonly string[];
  readonly limit?: number;
  readonly reveal?: true;
  readonly json?: true;
};

export function addLogCommands(program: Command, context: CliContext): void {
  const log = program.command('log').description('Read, follow or export the events, or set a damaged one aside.');
  withFilters(log.command('read'))
    .description('Print events, one a line: position, stream@revision, type, time, actor, data.')
    .addOption(new Option('--backwards', 'newest first').conflicts('from'))
    .addHelpText(
      'after',
      `
Examples:
  $ npx tidings log read --limit 20
  $ npx tidings log read --backwards --limit 20 --types 'chat.*'
  $ npx tidings log read --stream messages-7 --from 12 --reveal --reason 'asked for in ticket 4711'
  $ npx tidings log read --json | jq .type`,
    )
    .action(async ({ backwards, ...filters }: Filters & { readonly backwards?: true }) => {
      const request = { ...requestOf(filters), direction: backwards === true ? 'backwards' : 'forwards', until: 'head' } as const;
      await using reached = await context.connect();
      for await (const line of reached.call('read-log', request)) await context.terminal.print(formatEvent(line, filters));
    });

  withFilters(log.command('tail'))
    .description('Follow the log: print events as they are appended, until Ctrl-C.')
    .addHelpText(
      'after',
      `
Begins with the next event, or at --from. Needs a running process. Ends after --limit events.

Examples:
  $ npx tidings log tail
  $ npx tidings log tail --types 'notifications.*' --json
  $ npx tidings log tail --stream messages-7 --from 0`,
    )
    .action(async (filters: Filters) => {
      const request = { ...requestOf(filters), direction: 'forwards', until: 'stopped' } as const;
      await using reached = await context.connect('running-process');
      let seen = 0;
      try {
        for await (const line of reached.call('read-log', request)) {
          await context.terminal.print(formatEvent(line, filters));
          seen += 1;
        }
      } catch (error) {
        if (!context.interrupted.aborted) throw error; // Ctrl-C is the usual end
        return;
      }
      if (seen !== filters.limit) throw new CliFailure(EXIT.unreachable, 'The process stopped; there is nothing more to follow.');
    });

  addExport(log, context);
  addSetAside(log, context);
}

function addSetAside(log: Command, context: CliContext): void {
  log
    .command('set-aside')
    .description('Let everybody pass over a damaged event. The event is lost; the reason stays in the log.')
    .argument('<position>', 'the position, as the error names it, such as 4711 or 0.4711', revisionOrPosition)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Only a record that is damaged or missing can be set aside, and for good. Look for a backup of the log first.

Example:
  $ npx tidings log set-aside 4711 --reason 'a bit flipped on the disk'`,
    )
    .action(async (position: number | Position, { json }: { readonly json?: true }) => {
      const reason = context.reason();
      if (reason === undefined) throw new CliFailure(EXIT.usage, 'Say with --reason why it is set aside.');
      await using reached = await context.connect('damaged-store');
      for await (const line of reached.call('set-aside-event', { position, reason })) {
        const event = line.stream === null ? 'It is not known which event it was.' : `It was ${line.stream}@${line.revision ?? '?'}.`;
        const text = `The event at position ${line.position} is set aside. ${event} Position ${line.noticePosition} tells why.`;
        await context.terminal.print(json === true ? JSON.stringify(line) : text);
      }
    });
}

const LOG_OPTION_HELP = 'the log to read, if there are several';

function withFilters(command: Command): Command {
  return command
    .option('--log <name>', LOG_OPTION_HELP)
    .option('--stream <name>', 'only this stream')
    .option('--from <start>', 'the first event: a revision with --stream, else a position', revisionOrPosition)
    .option('--types <type...>', 'only these types; chat.* means all types of chat', eventTypes)
    .option('--limit <events>', 'at most this many', positiveNumber)
    .option('--reveal', 'show personal data instead of {"sealed":true}; of erased people it stays {"erased":true}; needs --reason')
    .option('--json', 'print one JSON object a line');
}

function requestOf({ log, stream, from, types, limit, reveal }: Filters): Omit<OperationRequest<'read-log'>, 'direction' | 'until'> {
  if (stream === undefined && typeof from === 'number') throw new CliFailure(EXIT.usage, 'Without --stream, --from takes a position such as 0.4711.');
  if (stream !== undefined && typeof from === 'string') throw new CliFailure(EXIT.usage, 'With --stream, --from takes a revision such as 12.');
  return {
    ...(log === undefined ? {} : { log }),
    ...(stream === undefined ? {} : { stream }),
    ...(from === undefined ? {} : { from }),
    ...(types === undefined ? {} : { types: [...types] }),
    ...(limit === undefined ? {} : { limit }),
    personal: reveal === true ? 'revealed' : 'hidden',
  };
}

function formatEvent(line: LogLine, { json }: Filters): string {
  if (json === true) return JSON.stringify(line);
  const { position, stream, revision, type, at, actor, data, undecodable } = line;
  return [position, `${stream}@${revision}`, type, at ?? '-', actor ?? '-', undecodable ?? JSON.stringify(data)].join('  ');
}
