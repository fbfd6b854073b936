/** `tidings projections …`: the progress of the projections, and the rebuild of a projector's views. */
import type { Command } from 'commander';
import type { ProjectionLine } from '../../app/control/protocol.ts';
import type { CliContext } from '../context.ts';
import { addDiff } from '../analytics/time-travel/diff-command.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { printList } from '../print-list.ts';
import { percent } from '../terminal.ts';

const HEADINGS = ['NAME', 'VERSION', 'BUILD', 'KIND', 'STATE', 'ACTIVE', 'POSITION', 'LAG', 'LAG (S)', 'DEAD LETTERS', 'ERROR'];

export function addProjectionsCommands(program: Command, { terminal, connect }: CliContext): void {
  const projections = program.command('projections').description('List the projections, and rebuild them.');
  projections
    .command('list')
    .description('List every projection with its version, its build and its lag.')
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
A build is 0 unless the version was rebuilt. If no process runs, all are stopped, and their checkpoints tell the rest.

Examples:
  $ npx tidings projections list
  $ npx tidings projections list --json | jq 'select(.deadLetters > 0)'`,
    )
    .action(async ({ json }: { readonly json?: true }) => {
      await using client = await connect();
      const items = await Array.fromAsync(client.call('list-projections', {}));
      await printList(terminal, { items, headings: HEADINGS, rowOf, json });
    });

  addDiff(projections, { terminal, connect });
  projections
    .command('rebuild')
    .description('Rebuild a projector’s views beside the active ones, and switch when the rebuild has caught up.')
    .argument('<name>', 'the projector, such as inbox')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Until then queries are answered from the old build. Ctrl-C cancels and changes nothing.

Example:
  $ npx tidings projections rebuild inbox`,
    )
    .action(async (name: string, { json }: { readonly json?: true }) => {
      await using client = await connect();
      for await (const line of client.call('rebuild-projection', { projection: name })) {
        if (line.is === 'progress') {
          const part = line.logEvents === 0 ? 1 : 1 - line.lagEvents / line.logEvents;
          terminal.progress(`${line.runner}: ${line.state}, ${percent(part)}, ${line.lagEvents} to go`);
        } else if (line.outcome === 'cancelled') {
          throw new CliFailure(EXIT.failed, `The rebuild of ${name} was cancelled; nothing has changed.`);
        } else if (line.outcome === 'interrupted') {
          throw new CliFailure(EXIT.failed, `The process stopped; the rebuild of ${name} goes on where another runs its projections, or when one starts.`);
        } else {
          await terminal.print(json === true ? JSON.stringify({ projection: name, outcome: line.outcome }) : `${name} is rebuilt, and answers queries.`);
        }
      }
    });
}

const rowOf = (line: ProjectionLine): readonly (string | number)[] => [
  line.name,
  line.version ?? '-',
  line.build,
  line.kind,
  line.state,
  line.active ? 'yes' : 'no',
  line.position ?? '-',
  line.lagEvents,
  line.lagSeconds === null ? '-' : line.lagSeconds.toFixed(1),
  line.deadLetters,
  line.error ?? '',
];
