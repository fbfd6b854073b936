/** `tidings webhooks …`: messages to apps' webhooks, and those that were given up. */
import { Option, type Command } from 'commander';
import type { WebhookMessageLine } from '../../app/control/notifications/protocol.ts';
import type { AppId } from '../../domain/shared/ids.ts';
import { WEBHOOK_MESSAGE_STATUSES, type WebhookMessageDocument } from '../../projections/read-models/webhooks.ts';
import type { CliContext } from '../context.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { appIdOption, positiveNumber } from '../options.ts';
import { printList } from '../print-list.ts';

const HEADINGS = ['AT', 'STATUS', 'EVENT', 'ATTEMPTS', 'REASON', 'APP', 'DELIVERY', 'MESSAGE'];
const LISTED_MESSAGES_DEFAULT = 50;

type ListOptions = { readonly app?: AppId; readonly status: WebhookMessageDocument['status']; readonly limit: number; readonly json?: true };
type ReplayOptions = { readonly app?: AppId; readonly all?: true; readonly json?: true };

export function addWebhooksCommands(program: Command, { terminal, connect }: CliContext): void {
  const webhooks = program.command('webhooks').description('List the messages to apps’ webhooks, and send dead ones again.');
  webhooks
    .command('list')
    .description('List the messages that are dead, or have another status.')
    .option('--app <id>', 'only those to this app', appIdOption)
    .addOption(new Option('--status <status>', 'which of them').choices(WEBHOOK_MESSAGE_STATUSES).default('dead'))
    .option('--limit <messages>', 'at most this many', positiveNumber, LISTED_MESSAGES_DEFAULT)
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
A message is tried for a day, and dead then: the last given up comes first.

Examples:
  $ npx tidings webhooks list
  $ npx tidings webhooks list --app 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c --status queued --json`,
    )
    .action(async ({ app, status, limit, json }: ListOptions) => {
      await using client = await connect();
      const items = await Array.fromAsync(client.call('list-webhook-messages', { status, limit, ...(app !== undefined && { app }) }));
      await printList(terminal, { items, headings: HEADINGS, rowOf, json });
    });

  webhooks
    .command('replay')
    .description('Send dead messages again, for another day.')
    .argument('[message]', 'its webhook-id')
    .option('--app <id>', 'all dead ones to this app', appIdOption)
    .option('--all', 'all dead ones to any app')
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
A message that isn’t dead is left as it is. Whoever receives it tells by its webhook-id whether it came before.

Examples:
  $ npx tidings webhooks replay c56a4180-65aa-42ec-a945-5fd21dec0538
  $ npx tidings webhooks replay --app 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c`,
    )
    .action(async (message: string | undefined, { app, all, json }: ReplayOptions) => {
      if ([message, app, all].filter((one) => one !== undefined).length !== 1) throw new CliFailure(EXIT.usage, 'Name a message or an app, or say --all.');
      await using client = await connect();
      let queued = 0;
      const request = { ...(message !== undefined && { message }), ...(app !== undefined && { app }) };
      for await (const line of client.call('replay-webhook-messages', request)) {
        if (line.outcome === 'queued') queued += 1;
        if (json === true) await terminal.print(JSON.stringify(line));
      }
      if (json === undefined) await terminal.print(queued === 1 ? '1 message is sent again.' : `${queued} messages are sent again.`);
    });
}

const rowOf = ({ dueAt, status, event, attempts, reason, app, delivery, message }: WebhookMessageLine): readonly (string | number)[] => [
  dueAt,
  status,
  event,
  attempts,
  reason ?? '-',
  app,
  delivery,
  message,
];
