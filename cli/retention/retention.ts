/** `tidings retention`: forgets what is older than it is kept, or counts it. */
import type { Command } from 'commander';
import type { RetentionLine } from '../../app/control/retention/protocol.ts';
import type { CliContext } from '../context.ts';
import { printList } from '../print-list.ts';

const HEADINGS = ['CATEGORY', 'KEPT FOR', 'DELIVERIES', 'NOTIFICATIONS'];

type Options = { readonly dryRun?: true; readonly json?: true };
type Line = Omit<RetentionLine, 'is'>;

export function addRetentionCommand(program: Command, { terminal, connect }: CliContext): void {
  program
    .command('retention')
    .description('Forget the notifications that are older than their category is kept, or count them.')
    .option('--dry-run', 'count them, and forget nothing')
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
A running system does it by itself, a little every ten minutes; this does it now, and needs --reason. For how long they are kept,
TIDINGS_NOTIFICATIONS_KEPT_DAYS and TIDINGS_NOTIFICATIONS_KEPT_DAYS_BY_CATEGORY say. Ctrl-C ends it early; run again, it goes on.

Examples:
  $ npx tidings retention --dry-run
  $ npx tidings --reason 'the new privacy policy' retention`,
    )
    .action(async ({ dryRun, json }: Options) => {
      await using client = await connect();
      const items: Line[] = [];
      for await (const { is, ...line } of client.call(dryRun === true ? 'count-old' : 'forget-old', {})) {
        if (is === 'progress') terminal.progress(`${line.category}: ${line.deliveries} deliveries, ${line.notifications} notifications`);
        else items.push(line);
      }
      await printList(terminal, { items, headings: HEADINGS, rowOf, json });
    });
}

const rowOf = ({ category, days, deliveries, notifications }: Line): readonly string[] => [category, `${days} days`, String(deliveries), String(notifications)];
