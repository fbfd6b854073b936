/** `tidings deliveries`: the pushes, SMS and emails to one person, with their outcomes. */
import type { Command } from 'commander';
import type { DeliveryLine } from '../../app/control/protocol.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { CliContext } from '../context.ts';
import { personIdOption, positiveNumber } from '../options.ts';
import { printList } from '../print-list.ts';

const HEADINGS = ['CHANGED', 'STATUS', 'CHANNEL', 'VENDOR', 'ATTEMPTS', 'REASON', 'PLANNED', 'DELIVERY'];
const LISTED_DELIVERIES_DEFAULT = 50;

type Options = { readonly person: PersonId; readonly limit: number; readonly json?: true };

export function addDeliveriesCommand(program: Command, { terminal, connect }: CliContext): void {
  program
    .command('deliveries')
    .description('List the deliveries to a person, the latest change first.')
    .requiredOption('--person <id>', 'the recipient', personIdOption)
    .option('--limit <deliveries>', 'at most this many', positiveNumber, LISTED_DELIVERIES_DEFAULT)
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
A delivery goes to one device, phone number or email address. \`npx tidings log read --stream delivery-<id>\` prints its whole history.

Examples:
  $ npx tidings deliveries --person 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c
  $ npx tidings deliveries --person 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c --limit 5 --json`,
    )
    .action(async ({ person, limit, json }: Options) => {
      await using client = await connect();
      const items = await Array.fromAsync(client.call('list-deliveries', { person, limit }));
      await printList(terminal, { items, headings: HEADINGS, rowOf, json });
    });
}

const rowOf = ({ changedAt, status, channel, vendor, attempts, reason, plannedAt, delivery }: DeliveryLine): readonly (string | number)[] => [
  changedAt,
  status,
  channel,
  vendor ?? '-',
  attempts,
  reason ?? '-',
  plannedAt,
  delivery,
];
