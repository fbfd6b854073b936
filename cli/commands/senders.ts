/** `tidings senders …`: the vendors' accounts, and whether their vendors take them. */
import type { Command } from 'commander';
import type { CheckLine, SenderLine } from '../../app/control/protocol.ts';
import type { CliContext } from '../context.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { printList } from '../print-list.ts';

const HEADINGS = ['ACCOUNT', 'CHANNEL', 'PLATFORMS', 'PLUGGED', 'BREAKER'];
const CHECK_HEADINGS = ['ACCOUNT', 'CHANNEL', 'RESULT', 'REASON'];

type Options = { readonly json?: true };

export function addSendersCommands(program: Command, { terminal, connect }: CliContext): void {
  const senders = program.command('senders').description('List the accounts that messages are sent by, and check them.');
  senders
    .command('list', { isDefault: true })
    .description('List the accounts in order of preference.')
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
Those of a process that plans or delivers: the others know the outbox alone. \`npx tidings routing\` says who gets what.

Examples:
  $ npx tidings senders list
  $ npx tidings senders list --json`,
    )
    .action(async ({ json }: Options) => {
      await using client = await connect();
      await printList(terminal, { items: await Array.fromAsync(client.call('list-senders', {})), headings: HEADINGS, rowOf, json });
    });

  senders
    .command('check')
    .description('Ask each vendor, by its sandbox, whether it takes the account.')
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
Nobody gets a message. The exit code is 1 where a vendor refuses an account, or doesn’t answer.

Examples:
  $ npx tidings senders check
  $ npx tidings senders check --json | jq 'select(.outcome == "refused")'`,
    )
    .action(async ({ json }: Options) => {
      await using client = await connect();
      const items = await Array.fromAsync(client.call('check-senders', {}));
      await printList(terminal, { items, headings: CHECK_HEADINGS, rowOf: checkRowOf, json });
      const refused = items.filter(({ outcome }) => outcome === 'refused').map(({ vendor }) => vendor);
      if (refused.length > 0) throw new CliFailure(EXIT.failed, `Not taken: ${refused.join(', ')}.`);
    });
}

const rowOf = ({ vendor, channel, platforms, pluggedIn, breaker }: SenderLine): readonly string[] => [
  vendor,
  channel,
  platforms?.join(' ') ?? '-',
  pluggedIn ? 'in' : 'out',
  breaker,
];

const checkRowOf = ({ vendor, channel, outcome, reason }: CheckLine): readonly string[] => [vendor, channel, outcome, reason ?? '-'];
