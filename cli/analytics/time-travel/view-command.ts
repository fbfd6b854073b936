/** `tidings view`: a document of the views, now or as it was. */
import type { Command } from 'commander';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { CliContext } from '../../context.ts';
import { CliFailure, EXIT } from '../../failure.ts';
import { momentOption, scopeOf } from '../export/scope-options.ts';

type ViewOptions = { readonly at?: Instant; readonly replay?: true; readonly reveal?: true; readonly json?: true };

export function addViewCommand(program: Command, { connect, terminal }: CliContext): void {
  program
    .command('view')
    .description('Show a document of the views as events make it, now or as it was.')
    .argument('<view>', 'the view, such as posts, as SQL names it after views')
    .argument('<id>', 'the id of the document')
    .option('--at <time>', 'after what had happened by then, by the events’ own time', momentOption)
    .option('--replay', 'read everything that its projector handles')
    .option('--reveal', 'with personal data, as far as it is not erased; needs --reason')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
A document remembers which streams it was made of, and these are read. One that counts or collects remembers none: then it is said
how much is to be read, and --replay does it. Without --reveal, ids, moments, numbers and words of Tidings are shown, and no text.

Examples:
  $ npx tidings view posts 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c
  $ npx tidings view posts 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c --at 2026-11-29T08:00:00Z --reveal --reason 'case 12'
  $ npx tidings view post-counters 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c --at 2026-11-29 --replay`,
    )
    .action(async (view: string, id: string, { at, replay, reveal, json }: ViewOptions) => {
      await using client = await connect();
      const { share } = await scopeOf({}, client);
      const personal = reveal === true ? ('revealed' as const) : ('hidden' as const);
      const request = { collection: view.replaceAll('_', '-'), id, replay: replay === true, personal, share, ...(at === undefined ? {} : { at }) };
      for await (const line of client.call('show-view', request)) {
        if (line.is === 'progress') terminal.progress(`${line.events} events folded`);
        else if (line.is === 'needs-replay')
          throw new CliFailure(
            EXIT.failed,
            `${view} ${id} doesn’t remember what it was made of: to know it, up to ${line.positions} positions of the log are read. Say --replay.`,
          );
        else if (json === true) await terminal.print(JSON.stringify(line));
        else {
          terminal.say(`Of ${line.events} events${line.streams === 0 ? '' : ` in ${line.streams} streams`}, the last of ${line.at ?? 'no time'}`);
          for (const text of JSON.stringify(line.document, null, 2).split('\n')) await terminal.print(text);
        }
      }
    });
}
