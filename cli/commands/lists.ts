/** `tidings lists …`: apps' lists of people, and the notifications that go to one. */
import { createReadStream } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import { MEMBERS_IN_OPERATION_MAX, type CampaignLine, type ListLine } from '../../app/control/lists/protocol.ts';
import { requestSchemas } from '../../app/control/protocol.ts';
import type { AppId, ListId, NotificationId, PersonId } from '../../domain/shared/ids.ts';
import type { CliContext } from '../context.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { appIdOption, personIdOption, positiveNumber } from '../options.ts';
import { printList } from '../print-list.ts';

const LIST_HEADINGS = ['LIST', 'NAME', 'MEMBERS', 'STATUS', 'CHANGED', 'APP'];
const CAMPAIGN_HEADINGS = ['REQUESTED', 'STATUS', 'PLANNED', 'OF', 'PER MINUTE', 'LIST', 'NOTIFICATION'];
const LISTED_DEFAULT = 50;
/** Of a line without an end, which is no id. */
const LINE_CHARACTERS_MAX = 1_000;
/** Most editors of other systems begin a file of UTF-8 with it. */
const BYTE_ORDER_MARK = /^\ufeff/;

const STEERING = {
  pause: 'Plan no more of a notification to a list until it is resumed.',
  resume: 'Go on planning a notification where it was paused.',
  cancel: 'Cancel a notification to a list, and what is planned of it and not sent yet.',
} as const;

type ListOptions = { readonly app?: AppId; readonly limit: number; readonly json?: true };

export function addListsCommands(program: Command, context: CliContext): void {
  const { terminal, connect } = context;
  const lists = program.command('lists').description('Show apps’ lists and how far the notifications to them have come, and import members.');
  lists
    .command('list', { isDefault: true })
    .description('List the lists, with the number of their members.')
    .option('--app <id>', 'only those of this app', appIdOption)
    .option('--limit <lists>', 'at most this many', positiveNumber, LISTED_DEFAULT)
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', '\nExamples:\n  $ npx tidings lists list\n  $ npx tidings lists list --app 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c --json')
    .action(async ({ app, limit, json }: ListOptions) => {
      await using client = await connect();
      const items = await Array.fromAsync(client.call('list-lists', { limit, ...(app !== undefined && { app }) }));
      await printList(terminal, { items, headings: LIST_HEADINGS, rowOf: listRowOf, json });
    });
  addImport(lists, context);
  lists
    .command('campaigns')
    .description('List the notifications that go to a list, the last requested first.')
    .option('--limit <notifications>', 'at most this many', positiveNumber, LISTED_DEFAULT)
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', '\nExamples:\n  $ npx tidings lists campaigns\n  $ npx tidings lists campaigns --json')
    .action(async ({ limit, json }: Omit<ListOptions, 'app'>) => {
      await using client = await connect();
      const items = await Array.fromAsync(client.call('list-campaigns', { limit }));
      await printList(terminal, { items, headings: CAMPAIGN_HEADINGS, rowOf: campaignRowOf, json });
    });
  for (const to of ['pause', 'resume', 'cancel'] as const) {
    lists
      .command(to)
      .description(STEERING[to])
      .argument('<notification>', 'its id', notificationIdArgument)
      .addHelpText('after', `\nExample:\n  $ npx tidings lists ${to} 7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d`)
      .action(async (notification: NotificationId) => {
        await using client = await connect();
        for await (const { outcome } of client.call('steer-campaign', { notification, to })) {
          await terminal.print(outcome === 'appended' ? 'Done.' : 'It was so already.');
        }
      });
  }
}

function addImport(lists: Command, { terminal, connect }: CliContext): void {
  lists
    .command('import')
    .description('Add the people of a file to a list, or remove them from it.')
    .argument('<list>', 'its id', listIdArgument)
    .argument('<file>', 'the ids of people, one a line', String)
    .option('--remove', 'remove them')
    .addHelpText(
      'after',
      `
The file is read as it is sent, however long it is. Whoever is a member already stays one, so an import that was interrupted is begun again.

Examples:
  $ npx tidings lists import 2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f ids.txt
  $ npx tidings lists import 2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f left.txt --remove`,
    )
    .action(async (list: ListId, file: string, { remove }: { readonly remove?: true }) => {
      await using client = await connect();
      let sent = 0;
      for await (const people of chunksOf(file)) {
        const request = remove === true ? { list, remove: [...people] } : { list, add: [...people] };
        for await (const { changed } of client.call('change-list', request)) sent += changed;
      }
      await terminal.print(`${sent} ${remove === true ? 'removed' : 'added'}.`);
    });
}

/** Reads no further than it has been sent. */
async function* chunksOf(file: string): AsyncIterable<readonly PersonId[]> {
  let chunk: PersonId[] = [];
  let number = 0;
  for await (const line of linesOf(file)) {
    number += 1;
    const text = line.replace(BYTE_ORDER_MARK, '').trim();
    if (text === '') continue;
    chunk.push(personIn(text, number));
    if (chunk.length < MEMBERS_IN_OPERATION_MAX) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

async function* linesOf(file: string): AsyncIterable<string> {
  let rest = '';
  const stream = createReadStream(file, 'utf8');
  try {
    for await (const part of stream) {
      const lines = (rest + String(part)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_CHARACTERS_MAX) throw new CliFailure(EXIT.usage, `${file} has a line that is too long to be the id of a person.`);
      yield* lines;
    }
  } catch (error) {
    if (error instanceof CliFailure || stream.errored === null) throw error;
    throw new CliFailure(EXIT.usage, `${file} can’t be read: ${stream.errored.message}`);
  }
  yield rest;
}

function personIn(text: string, line: number): PersonId {
  try {
    return personIdOption(text);
  } catch {
    throw new CliFailure(EXIT.usage, `Line ${line} is not the id of a person, a UUID. What stands before it may have been imported; mend it and begin again.`);
  }
}

function listIdArgument(text: string): ListId {
  const parsed = requestSchemas['change-list'].options[0].shape.list.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('It must be the id of a list, a UUID.');
  return parsed.data;
}

function notificationIdArgument(text: string): NotificationId {
  const parsed = requestSchemas['steer-campaign'].shape.notification.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('It must be the id of a notification, a UUID.');
  return parsed.data;
}

const listRowOf = ({ list, name, members, status, changedAt, app }: ListLine): readonly (string | number)[] => [list, name, members, status, changedAt, app];

const campaignRowOf = ({ requestedAt, status, cancelled, because, planned, total, ratePerMinute, list, notification }: CampaignLine) => [
  requestedAt ?? '-',
  status === 'finished' ? (because ?? status) : cancelled ? 'cancelled' : status,
  planned,
  total ?? '-',
  ratePerMinute ?? '-',
  list ?? '-',
  notification,
];
