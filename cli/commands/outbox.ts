/** `tidings outbox …`: lists the messages of the local outbox, and makes its vendors fail. */
import { Option, type Command } from 'commander';
import type { OperationRequest, ResponseLines } from '../../app/control/protocol.ts';
import { SENT_CHANNELS } from '../../domain/people/notification-channels.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { fraction, positiveNumber, wholeNumber } from '../options.ts';
import type { CliContext } from '../context.ts';
import { printList } from '../print-list.ts';

const BEHAVIOURS = [
  'accept',
  'accept-slowly',
  'reject',
  'lose-endpoint',
  'refuse-account',
  'limit-rate',
  'be-unavailable',
  'hang',
  'drop-connection',
  'lose-answer',
] as const;
const LISTED_MESSAGES_DEFAULT = 50;

const HEADINGS = ['AT', 'CHANNEL', 'TO', 'TITLE', 'BODY'];

type OutboxMessage = ResponseLines['list-outbox'];
type Behave = OperationRequest<'behave-outbox'>;
type BehaveOptions = {
  readonly channel: Behave['channel'];
  readonly does: Behave['behaviour']['does'];
  readonly latencyMs?: number;
  readonly reason?: string;
  readonly retryAfterMs?: number;
  readonly messages?: number;
  readonly forMs?: number;
  readonly chance?: number;
  readonly seed: number;
};

export function addOutboxCommands(program: Command, { terminal, connect }: CliContext): void {
  const outbox = program.command('outbox').description('List the local outbox, or make its vendors fail.');
  outbox
    .command('list')
    .description('List the messages that the outbox keeps instead of sending them, newest first. They are personal data, so this needs --reason.')
    .addOption(new Option('--channel <channel>', 'only of this channel').choices(SENT_CHANNELS))
    .option('--limit <messages>', 'at most this many', positiveNumber, LISTED_MESSAGES_DEFAULT)
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', "\nExample:\n  $ npx tidings outbox list --channel sms --limit 5 --reason 'looking for a code'")
    .action(async ({ channel, limit, json }: { readonly channel?: Behave['channel']; readonly limit: number; readonly json?: true }) => {
      await using client = await connect();
      const items = await Array.fromAsync(client.call('list-outbox', { limit, ...(channel === undefined ? {} : { channel }) }));
      await printList(terminal, { items, headings: HEADINGS, rowOf, json });
    });

  outbox
    .command('behave')
    .description('Set how the vendor of a channel behaves, until it is set again or the process ends.')
    .addOption(new Option('--channel <channel>', 'the channel').choices(SENT_CHANNELS).makeOptionMandatory())
    .addOption(new Option('--does <what>', 'the reaction to each message').choices(BEHAVIOURS).makeOptionMandatory())
    .option('--latency-ms <ms>', 'with accept-slowly: the delay', positiveNumber)
    .option('--reason <text>', 'with reject: the reason')
    .option('--retry-after-ms <ms>', 'with limit-rate: the time after which to retry', positiveNumber)
    .addOption(new Option('--messages <count>', 'only for this many messages').argParser(positiveNumber).conflicts(['forMs', 'chance']))
    .addOption(new Option('--for-ms <ms>', 'only for this time').argParser(positiveNumber).conflicts('chance'))
    .option('--chance <number>', 'only with this probability, from 0 to 1', fraction)
    .option('--seed <number>', 'with --chance: the same seed makes the same choices', wholeNumber, 1)
    .addHelpText(
      'after',
      `
Examples:
  $ npx tidings outbox behave --channel push --does hang --messages 3
  $ npx tidings outbox behave --channel sms --does limit-rate --retry-after-ms 5000 --for-ms 60000
  $ npx tidings outbox behave --channel push --does accept`,
    )
    .action(async (options: BehaveOptions) => {
      const extent = extentOf(options);
      const request = { channel: options.channel, behaviour: behaviourOf(options), ...(extent === undefined ? {} : { extent }) };
      await using reached = await connect('running-process');
      for await (const _done of reached.call('behave-outbox', request)) await terminal.print(`${options.channel}: ${options.does}`);
    });
}

const rowOf = ({ at, channel, to, title, body }: OutboxMessage): readonly string[] => [at, channel, to, title ?? '', body];

function behaviourOf({ does, latencyMs, reason, retryAfterMs }: BehaveOptions): Behave['behaviour'] {
  switch (does) {
    case 'accept-slowly':
      return { does, latencyMs: required(latencyMs, '--latency-ms') };
    case 'reject':
      return { does, reason: required(reason, '--reason') };
    case 'limit-rate':
      return { does, retryAfterMs: required(retryAfterMs, '--retry-after-ms') };
    case 'accept':
    case 'lose-endpoint':
    case 'refuse-account':
    case 'be-unavailable':
    case 'hang':
    case 'drop-connection':
    case 'lose-answer':
      return { does };
  }
}

function extentOf({ messages, forMs, chance, seed }: BehaveOptions): Behave['extent'] {
  if (messages !== undefined) return { messages };
  if (forMs !== undefined) return { forMs };
  return chance === undefined ? undefined : { chance, seed };
}

function required<Value>(value: Value | undefined, option: string): Value {
  if (value === undefined) throw new CliFailure(EXIT.usage, `This needs ${option}.`);
  return value;
}
