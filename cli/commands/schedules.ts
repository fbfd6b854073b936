/** `tidings schedules …`: apps' schedules, each of which requests a notification again and again. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { requestSchemas } from '../../app/control/protocol.ts';
import type { ScheduleLine, ScheduleLines } from '../../app/control/schedules/protocol.ts';
import { CLOCKS, type Clock } from '../../domain/notifications/schedules/events.ts';
import type { AppId, ScheduleId } from '../../domain/shared/ids.ts';
import { localTimeOf, type LocalTime } from '../../domain/shared/local-time.ts';
import type { CliContext } from '../context.ts';
import { appIdOption, positiveNumber } from '../options.ts';
import { printList } from '../print-list.ts';

const SCHEDULE_HEADINGS = ['SCHEDULE', 'STATUS', 'NEXT', 'RULE', 'ZONE', 'REQUESTED', 'SKIPPED', 'APP'];
const OCCURRENCE_HEADINGS = ['TIME', 'AT', 'REFUSED', 'NOTIFICATION'];
const PREVIEW_HEADINGS = ['TIME', 'AT'];
const LISTED_DEFAULT = 50;
const PREVIEWED_DEFAULT = 5;

const STEERING = {
  pause: 'Request nothing until it is resumed.',
  resume: 'Go on with the first occurrence that is still to come.',
  cancel: 'End a schedule for good, and take back what waits on the clocks of its recipients.',
} as const;

type ListOptions = { readonly app?: AppId; readonly limit: number; readonly json?: true };
type PreviewOptions = { readonly start: LocalTime; readonly zone: string; readonly clock: Clock; readonly limit: number; readonly json?: true };

export function addSchedulesCommands(program: Command, context: CliContext): void {
  const { terminal, connect } = context;
  const schedules = program.command('schedules').description('Show apps’ schedules and what comes next, and pause, resume and cancel them.');
  schedules
    .command('list', { isDefault: true })
    .description('List the schedules, with what comes next.')
    .option('--app <id>', 'only those of this app', appIdOption)
    .option('--limit <schedules>', 'at most this many', positiveNumber, LISTED_DEFAULT)
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', '\nExamples:\n  $ npx tidings schedules list\n  $ npx tidings schedules list --app 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c --json')
    .action(async ({ app, limit, json }: ListOptions) => {
      await using client = await connect();
      const items = await Array.fromAsync(client.call('list-schedules', { limit, ...(app !== undefined && { app }) }));
      await printList(terminal, { items, headings: SCHEDULE_HEADINGS, rowOf: scheduleRowOf, json });
    });
  schedules
    .command('occurrences')
    .description('List what a schedule has requested, the newest first.')
    .argument('<schedule>', 'its id', scheduleIdArgument)
    .option('--limit <occurrences>', 'at most this many', positiveNumber, LISTED_DEFAULT)
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', '\nExample:\n  $ npx tidings schedules occurrences 2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e')
    .action(async (schedule: ScheduleId, { limit, json }: Omit<ListOptions, 'app'>) => {
      await using client = await connect();
      const items = await Array.fromAsync(client.call('list-occurrences', { schedule, limit }));
      await printList(terminal, { items, headings: OCCURRENCE_HEADINGS, rowOf: occurrenceRowOf, json });
    });
  addPreview(schedules, context);
  for (const to of ['pause', 'resume', 'cancel'] as const) {
    schedules
      .command(to)
      .description(STEERING[to])
      .argument('<schedule>', 'its id', scheduleIdArgument)
      .addHelpText('after', `\nExample:\n  $ npx tidings schedules ${to} 2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e`)
      .action(async (schedule: ScheduleId) => {
        await using client = await connect();
        for await (const { outcome } of client.call('steer-schedule', { schedule, to })) {
          await terminal.print(outcome === 'appended' ? 'Done.' : 'It was so already.');
        }
      });
  }
}

function addPreview(schedules: Command, { terminal, connect }: CliContext): void {
  schedules
    .command('preview')
    .description('Print when a rule comes round next.')
    .argument('<rule>', 'a recurrence rule, as calendars write it', String)
    .requiredOption('--start <time>', 'from when it counts, such as 2027-03-27T09:00', localTimeOption)
    .requiredOption('--zone <zone>', 'an IANA time zone', String)
    .addOption(new Option('--clock <whose>', 'whose clock says when').choices(CLOCKS).default('zone'))
    .option('--limit <occurrences>', 'at most this many', positiveNumber, PREVIEWED_DEFAULT)
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
On the clocks of the recipients, AT is when the first clock on Earth shows the time.

Example:
  $ npx tidings schedules preview 'FREQ=WEEKLY;BYDAY=MO,TH' --start 2027-03-27T09:00 --zone Europe/Berlin`,
    )
    .action(async (rule: string, { start, zone, clock, limit, json }: PreviewOptions) => {
      await using client = await connect();
      const items = await Array.fromAsync(client.call('preview-schedule', { rule, start, zone, clock, limit }));
      await printList(terminal, { items, headings: PREVIEW_HEADINGS, rowOf: ({ local, at }) => [local, at], json });
    });
}

function scheduleIdArgument(text: string): ScheduleId {
  const parsed = requestSchemas['steer-schedule'].shape.schedule.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('It must be the id of a schedule, a UUID.');
  return parsed.data;
}

function localTimeOption(text: string): LocalTime {
  const time = localTimeOf(text);
  if (time === undefined) throw new InvalidArgumentError('It must be a date and a time such as 2027-03-27T09:00, without an offset.');
  return time;
}

const scheduleRowOf = ({ schedule, status, next, recurrence, requested, skipped, app }: ScheduleLine): readonly (string | number)[] => [
  schedule,
  status,
  next?.at ?? '-',
  recurrence.rule,
  recurrence.clock === 'recipient' ? `each (${recurrence.zone})` : recurrence.zone,
  requested,
  skipped,
  app,
];

const occurrenceRowOf = ({ local, at, refused, notification }: ScheduleLines['list-occurrences']): readonly string[] => [
  local,
  at,
  refused ?? '-',
  notification,
];
