/** `tidings state`: what a stream comes to, now or as it was. */
import type { Command } from 'commander';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { CliContext } from '../../context.ts';
import { momentOption } from '../export/scope-options.ts';

type StateOptions = { readonly at?: AsOf; readonly reveal?: true; readonly json?: true };
type AsOf = { readonly moment: Instant } | { readonly revision: number };

export function addStateCommand(program: Command, { connect, terminal }: CliContext): void {
  program
    .command('state')
    .description('Show the state of a stream as commands are decided on it, now or as it was.')
    .argument('<stream>', 'the stream, such as channel-7')
    .option('--at <time|revision>', 'after what had happened by then, by the events’ own time, or after this revision', asOfOption)
    .option('--reveal', 'with personal data, as far as it is not erased; needs --reason')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
What is personal reads as erased unless it is revealed; what is erased is so at any time that is asked for.

Examples:
  $ npx tidings state channel-0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c
  $ npx tidings state preferences-0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c --at 2026-11-29T08:00:00Z
  $ npx tidings state delivery-0197f3c2-5b1e-5cc0-8000-4b5f5e1a2d3c --at 3 --json`,
    )
    .action(async (stream: string, { at, reveal, json }: StateOptions) => {
      await using client = await connect();
      const request = { stream, personal: reveal === true ? ('revealed' as const) : ('hidden' as const), ...(at === undefined ? {} : { at }) };
      for await (const line of client.call('show-state', request)) {
        if (json === true) await terminal.print(JSON.stringify(line));
        else {
          terminal.say(line.at === null ? `${stream} had no event then.` : `${stream}@${line.revision}, of ${line.at}, after ${line.events} events`);
          for (const text of JSON.stringify(line.state, null, 2).split('\n')) await terminal.print(text);
        }
      }
    });
}

const asOfOption = (text: string): AsOf => (/^\d{1,15}$/.test(text) ? { revision: Number(text) } : { moment: momentOption(text) });
