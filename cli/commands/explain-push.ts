/** `tidings explain-push`: the checks that decide whether a person gets a push about a chat message. */
import { Argument, type Command } from 'commander';
import type { ResponseLines } from '../../app/control/protocol.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { CliContext } from '../context.ts';
import { channelIdOption, personIdOption, wholeNumber } from '../options.ts';
import { tableOf } from '../table.ts';

type Explanation = ResponseLines['explain-push'];

/** The question of each check; yes lets a push through. */
const QUESTIONS: { readonly [Check in Explanation['checks'][number]['check']]: string } = {
  member: 'Is the person a member of the channel?',
  accepted: 'Is the channel no message request that waits to be accepted?',
  'not-muted': 'Is the channel not muted?',
  wanted: 'Does the person want to be told of messages in the channel?',
  'unread-message': 'Is there an unread message of another member, no older than an hour?',
  'not-received': 'Has no device of the person received it?',
  'no-earlier-push': 'Is there no push of it, or of an earlier message, that the person has not read?',
  device: 'Has the person registered a device?',
  'may-send': 'Do preferences, blocks and the account allow a push?',
};

export function addExplainPushCommand(program: Command, { terminal, connect }: CliContext): void {
  program
    .command('explain-push')
    .description('Explain why a person gets a push about a channel, or gets none.')
    .addArgument(new Argument('<person>', 'the id of the recipient').argParser(personIdOption))
    .addArgument(new Argument('<channel>', 'the id of the channel').argParser(channelIdOption))
    .addArgument(new Argument('[seq]', 'the message (default: the newest of the channel)').argParser(wholeNumber))
    .option('--json', 'print the explanation as JSON')
    .addHelpText(
      'after',
      `
Runs the checks of a chat push as they are at this moment, and prints the answer of each. The first that says no decides.
Only a running process knows which messages the devices have received: without one, that check says yes.

Examples:
  $ npx tidings explain-push 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c 2f1b6a52-53f5-5a0e-9c51-0d7f4f4b9a10
  $ npx tidings explain-push 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c 2f1b6a52-53f5-5a0e-9c51-0d7f4f4b9a10 12 --json`,
    )
    .action(async (person: PersonId, channel: ChannelId, seq: number | undefined, { json }: { readonly json?: true }) => {
      await using client = await connect();
      for await (const explanation of client.call('explain-push', { person, channel, ...(seq === undefined ? {} : { seq }) })) {
        const lines = json === true ? [JSON.stringify(explanation)] : describe(explanation);
        for (const line of lines) await terminal.print(line);
      }
    });
}

function describe({ message, checks, reason, deferredUntil }: Explanation): readonly string[] {
  const about = message === null ? 'No message is to be pushed.' : `About message ${message}.`;
  const rows = checks.map(({ check, reason: why }) => [QUESTIONS[check], why === null ? 'yes' : 'no', why ?? '']);
  const waits = deferredUntil === null ? '' : ` It waits until ${deferredUntil}: the person has quiet hours.`;
  return [about, ...tableOf(['CHECK', 'ANSWER', 'REASON'], rows), reason === null ? `A push is sent.${waits}` : `No push: ${reason}.`];
}
