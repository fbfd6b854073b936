/** `tidings audit`: what operators did, when and why. */
import type { Command } from 'commander';
import type { AuditLine } from '../../app/control/operators/protocol.ts';
import type { CliContext } from '../context.ts';
import { dayOption, positiveNumber } from '../options.ts';
import { printList } from '../print-list.ts';

const HEADINGS = ['AT', 'WHO', 'ROLE', 'ACTION', 'OF', 'REASON', 'FAILED'];
const DAYS_DEFAULT = 30;
const LISTED_DEFAULT = 100;

type Options = {
  readonly by?: string;
  readonly action?: string;
  readonly day?: string;
  readonly days?: number;
  readonly limit: number;
  readonly json?: true;
};

export function addAuditCommand(program: Command, { terminal, connect }: CliContext): void {
  program
    .command('audit')
    .description('List what operators did, the newest first.')
    .option('--by <name>', 'only what this operator did, by name or id; admin-token and local are names too')
    .option('--action <name>', 'only this action, such as set-routing or endSessionsOf')
    .option('--day <day>', 'only of this day in UTC, or with --days up to it', dayOption)
    .option('--days <count>', `of so many days (default: ${DAYS_DEFAULT}, or with --day one)`, positiveNumber)
    .option('--limit <count>', 'at most so many', positiveNumber, LISTED_DEFAULT)
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
Actions that change, destroy or reveal something are listed, and those that look one person up. FAILED has the code of what could not be done.

Examples:
  $ npx tidings audit
  $ npx tidings audit --by jin.park --day 2026-11-29
  $ npx tidings audit --action reveal-log --days 400 --json`,
    )
    .action(async ({ by, action, day, days = day === undefined ? DAYS_DEFAULT : 1, limit, json }: Options) => {
      await using client = await connect();
      const request = { days, limit, ...(day === undefined ? {} : { day }), ...(by === undefined ? {} : { by }), ...(action === undefined ? {} : { action }) };
      await printList(terminal, { items: await Array.fromAsync(client.call('list-audit', request)), headings: HEADINGS, rowOf, json });
    });
}

const rowOf = ({ at, operator, name, role, action, of, reason, failed }: AuditLine) => [
  at,
  name ?? operator,
  role,
  action,
  Object.entries(of)
    .map(([field, value]) => `${field}=${value}`)
    .join(' '),
  reason ?? '-',
  failed ?? '-',
];
