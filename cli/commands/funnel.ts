/** `tidings funnel`: how many notifications were asked for, sent, delivered, opened and clicked. */
import { Option, type Command } from 'commander';
import { FUNNEL_DAYS_DEFAULT, type FunnelLine } from '../../app/control/notifications/protocol.ts';
import type { OperationRequest } from '../../app/control/protocol.ts';
import { NOTIFICATION_CHANNELS, type NotificationChannel } from '../../domain/people/notification-channels.ts';
import type { AppId, TemplateId } from '../../domain/shared/ids.ts';
import type { Day } from '../../domain/shared/instant.ts';
import { ENDS, STAGES } from '../../projections/read-models/funnel/count-delivery.ts';
import { sourceOfApp } from '../../projections/read-models/funnel/counted-key.ts';
import { FUNNEL_DIMENSIONS, type FunnelDimension } from '../../projections/view-access/funnel.ts';
import type { CliContext } from '../context.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { appIdOption, dayOption, templateIdOption } from '../options.ts';
import { printList } from '../print-list.ts';

const COUNTS = ['requested', 'created', ...STAGES, ...ENDS, 'unsubscribed', 'complained'] as const;

type Options = {
  readonly from?: Day;
  readonly until?: Day;
  readonly app?: AppId;
  readonly source?: string;
  readonly category?: string;
  readonly template?: TemplateId;
  readonly channel?: NotificationChannel;
  readonly by: readonly FunnelDimension[];
  readonly json?: true;
};

export function addFunnelCommand(program: Command, { terminal, connect }: CliContext): void {
  program
    .command('funnel')
    .description('Count what became of notifications.')
    .option('--from <day>', `the first day, in UTC (default: ${FUNNEL_DAYS_DEFAULT - 1} days before the last)`, dayOption)
    .option('--until <day>', 'the last day (default: today)', dayOption)
    .option('--app <id>', 'only what this app asked for', appIdOption)
    .addOption(new Option('--source <source>', 'only what one of our own products asked for').choices(['chat', 'feed', 'account', 'security', 'moderation']))
    .option('--category <name>', 'only of this category')
    .option('--template <id>', 'only of this template', templateIdOption)
    .addOption(new Option('--channel <channel>', 'only what goes out on this channel, without what was requested').choices(NOTIFICATION_CHANNELS))
    .addOption(new Option('--by <part...>', 'a row for each of these').choices(FUNNEL_DIMENSIONS).default(['day']))
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
A notification and its deliveries count for the day for which it was requested. \`created\` counts its recipients, and \`planned\` what
goes to each of their devices, addresses and notification centres; by channel, both stand in the row without one. Each stage includes
the later ones: whoever clicked has opened.

Examples:
  $ npx tidings funnel
  $ npx tidings funnel --app 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c --by category template
  $ npx tidings funnel --from 2026-07-01 --until 2026-07-31 --by source --json`,
    )
    .action(async ({ app, source, by, json, ...asked }: Options) => {
      if (app !== undefined && source !== undefined) throw new CliFailure(EXIT.usage, 'Name an app or a source, and not both.');
      const of = app === undefined ? source : sourceOfApp(app);
      const request: OperationRequest<'show-funnel'> = { ...asked, ...(of !== undefined && { source: of }), by: [...by] };
      await using client = await connect();
      const items = await Array.fromAsync(client.call('show-funnel', request));
      const dimensions = FUNNEL_DIMENSIONS.filter((one) => by.includes(one));
      const headings = [...dimensions, ...COUNTS, 'in progress', 'reasons'].map((heading) => heading.toUpperCase());
      const rowOf = (line: FunnelLine) => [
        ...dimensions.map((one) => line[one] ?? '-'),
        ...COUNTS.map((count) => line[count]),
        line.inProgress,
        line.reasons.map(({ end, reason, deliveries }) => `${end}: ${reason} ${deliveries}`).join(', ') || '-',
      ];
      await printList(terminal, { items, headings, rowOf, json });
    });
}
