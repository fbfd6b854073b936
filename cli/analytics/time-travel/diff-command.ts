/** `tidings projections diff`: what a new build says otherwise than the old one. */
import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { CliFailure, EXIT } from '../../failure.ts';
import { scopeOf } from '../export/scope-options.ts';

export function addDiff(projections: Command, { connect, terminal }: Pick<CliContext, 'connect' | 'terminal'>): void {
  projections
    .command('diff')
    .description('Compare the documents of two builds of a projector, and name those that differ and the events that made them.')
    .argument('<one>', 'a build, such as messages@1')
    .argument('<other>', 'another, such as messages@2, or messages@1.1')
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
Both must be there: a build that is not active any more is dropped after half a minute. Documents that change meanwhile may be told
as different. Exits with 1 where any differs.

Examples:
  $ npx tidings projections diff messages@1 messages@2
  $ npx tidings projections diff posts@3 posts@3.1 --json | jq -r .id`,
    )
    .action(async (one: string, other: string, { json }: { readonly json?: true }) => {
      await using client = await connect();
      const { share } = await scopeOf({}, client);
      for await (const line of client.call('diff-builds', { one, other, share })) {
        if (line.is === 'progress') terminal.progress(`${line.compared} documents compared, ${line.different} differ`);
        else if (line.is === 'difference') {
          const { collection, id, fields } = line;
          const where = line.one.document === null ? `only in ${other}` : line.other.document === null ? `only in ${one}` : `differs in ${fields.join(', ')}`;
          const events = Object.entries({ ...line.one.seen, ...line.other.seen }).map(([stream, revision]) => `${stream}@${revision}`);
          await terminal.print(
            json === true ? JSON.stringify(line) : `${collection} ${id} ${where}; made of ${events.join(', ') || 'what it doesn’t remember'}`,
          );
        } else {
          terminal.say(`${line.compared} documents compared, ${line.different} differ.`);
          if (line.different > 0) throw new CliFailure(EXIT.failed, `${one} and ${other} differ.`);
        }
      }
    });
}
