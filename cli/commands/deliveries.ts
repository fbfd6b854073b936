/** `tidings deliveries`: pushes, SMS and emails with their outcomes, by whom they go to, who asked for them, and what became of them. */
import { Option, type Command } from 'commander';
import type { DeliveryLine } from '../../app/control/notifications/protocol.ts';
import type { OperationRequest } from '../../app/control/protocol.ts';
import type { AppId, PersonId } from '../../domain/shared/ids.ts';
import type { Day } from '../../domain/shared/instant.ts';
import { DELIVERY_STATUSES, type DeliverySearch } from '../../projections/view-access/find-deliveries.ts';
import type { CliContext } from '../context.ts';
import { appIdOption, dayOption, personIdOption, positiveNumber } from '../options.ts';
import { printList } from '../print-list.ts';

const HEADINGS = ['PLANNED', 'STATUS', 'CHANNEL', 'VENDOR', 'ATTEMPTS', 'REASON', 'CHANGED', 'DELIVERY'];
const LISTED_DELIVERIES_DEFAULT = 50;

type Options = {
  readonly person?: PersonId;
  readonly app?: AppId;
  readonly vendorId?: string;
  readonly status?: DeliverySearch['statuses'];
  readonly from?: Day;
  readonly until?: Day;
  readonly before?: string;
  readonly limit: number;
  readonly history?: true;
  readonly json?: true;
};

export function addDeliveriesCommand(program: Command, { terminal, connect }: CliContext): void {
  program
    .command('deliveries')
    .description('Find deliveries, the last planned first.')
    .option('--person <id>', 'to this recipient', personIdOption)
    .option('--app <id>', 'that this app asked for', appIdOption)
    .option('--vendor-id <id>', 'that the vendor knows by this id')
    .addOption(new Option('--status <status...>', 'in one of these statuses').choices(DELIVERY_STATUSES))
    .option('--from <day>', 'planned on this day or later, in UTC', dayOption)
    .option('--until <day>', 'planned on this day or earlier', dayOption)
    .option('--before <planned>', 'planned before this one: `planned` of a line of --json')
    .option('--limit <deliveries>', 'at most this many', positiveNumber, LISTED_DELIVERIES_DEFAULT)
    .option('--history', 'print beneath each delivery what happened to it')
    .option('--json', 'print one JSON object a line, with the history')
    .addHelpText(
      'after',
      `
A delivery goes to one device, phone number or email address. \`npx tidings log read --stream delivery-<id>\` prints its events as they
are in the log.

Examples:
  $ npx tidings deliveries --person 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c
  $ npx tidings deliveries --vendor-id SM0123456789abcdef --history
  $ npx tidings deliveries --app 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c --status failed undelivered --from 2026-07-01 --json`,
    )
    .action(async ({ status: statuses, history, json, ...options }: Options) => {
      await using client = await connect();
      const request: OperationRequest<'list-deliveries'> = { ...options, ...(statuses !== undefined && { statuses: [...statuses] }) };
      const items = await Array.fromAsync(client.call('list-deliveries', request));
      if (history === undefined || json === true) return await printList(terminal, { items, headings: HEADINGS, rowOf, json });
      for (const item of items) {
        await printList(terminal, { items: [item], headings: HEADINGS, rowOf, json: undefined });
        for (const step of item.history) await terminal.print(`  ${describeStep(step)}`);
      }
    });
}

const rowOf = ({ plannedAt, status, channel, vendor, attempts, reason, changedAt, delivery }: DeliveryLine): readonly (string | number)[] => [
  plannedAt,
  status,
  channel,
  vendor ?? '-',
  attempts,
  reason ?? '-',
  changedAt,
  delivery,
];

function describeStep({ at, what, ...facts }: DeliveryLine['history'][number]): string {
  return [at, what, ...Object.entries(facts).map(([name, fact]) => `${name}=${typeof fact === 'string' ? fact : JSON.stringify(fact)}`)].join('  ');
}
