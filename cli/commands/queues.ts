/** `tidings queues`: what waits in the job queues, for how long, how fast it goes, and when it will be done. */
import type { Command } from 'commander';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { QueueLine } from '../../app/queues/queue-rates.ts';
import type { CliContext } from '../context.ts';
import { positiveNumber } from '../options.ts';
import { printList } from '../print-list.ts';

const HEADINGS = ['QUEUE', 'WAITING', 'DELAYED', 'ACTIVE', 'OLDEST S', 'PER S', 'DRAINED IN S'];
const MEASURED_SECONDS_DEFAULT = 3;

export function addQueuesCommand(program: Command, { terminal, connect }: CliContext): void {
  program
    .command('queues')
    .description('List the job queues, with the time until each is worked off.')
    .option('--over <seconds>', 'measure the rate for so long', positiveNumber, MEASURED_SECONDS_DEFAULT)
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
The queues deliver-<channel>-<account> hold what waits for a vendor, all priorities together. In the distributed profile all processes
share the queues, and the rate is that of all of them. Where none runs, there are none.

Examples:
  $ npx tidings queues
  $ npx tidings queues --over 30 --json`,
    )
    .action(async ({ over, json }: { readonly over: number; readonly json?: true }) => {
      await using client = await connect();
      const items = await Array.fromAsync(client.call('list-queues', { overMs: over * SECOND_MS }));
      await printList(terminal, { items, headings: HEADINGS, rowOf, json });
    });
}

const rowOf = ({ queue, waiting, delayed, active, oldestAgeMs, perSecond, drainSeconds }: QueueLine): readonly (string | number)[] => [
  queue,
  waiting,
  delayed,
  active,
  Math.round(oldestAgeMs / SECOND_MS),
  perSecond === null ? '-' : perSecond.toFixed(1),
  drainSeconds === null ? (perSecond === 0 ? 'never' : '-') : Math.ceil(drainSeconds),
];
