/** `tidings projections …`: how the views and the reactions keep up, and building a view anew. */
import type { Command } from 'commander';
import type { ProjectionLine } from '../../app/control/protocol.ts';
import { CliFailure, EXIT } from '../failure.ts';
import type { CliContext } from '../context.ts';
import { tableOf } from '../table.ts';
import { percent } from '../terminal.ts';

export function addProjectionsCommands(program: Command, context: CliContext): void {
  const { terminal, connect } = context;
  const projections = program.command('projections').description('shows the projections and rebuilds them');
  projections
    .command('list')
    .description('shows every projection: its version, its build, and how far it is behind the log')
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      `
A build is 0 unless the version was rebuilt. Where no process runs, all are stopped, and what is shown is what their checkpoints say.

Examples:
  $ npx tidings projections list
  $ npx tidings projections list --json | jq 'select(.deadLetters > 0)'`,
    )
    .action(async ({ json }: { readonly json?: true }) => {
      await using reached = await connect();
      const lines = await Array.fromAsync(reached.call('list-projections', {}));
      for (const line of json === true ? lines.map((one) => JSON.stringify(one)) : tableOf(HEADINGS, lines.map(rowOf))) await terminal.print(line);
    });

  projections
    .command('rebuild')
    .description('builds a projector’s views anew beside the ones in use, and switches when they have caught up')
    .argument('<name>', 'the projector, such as inbox')
    .option('--json', 'tells the result as JSON')
    .addHelpText(
      'after',
      `
Queries are answered from the old build until then. Ctrl-C cancels, and leaves everything as it was.

Example:
  $ npx tidings projections rebuild inbox`,
    )
    .action(async (name: string, { json }: { readonly json?: true }) => {
      await using reached = await connect();
      for await (const line of reached.call('rebuild-projection', { projection: name })) {
        if (line.is === 'progress') {
          const part = line.logEvents === 0 ? 1 : 1 - line.lagEvents / line.logEvents;
          terminal.progress(`${line.runner}: ${line.state}, ${percent(part)}, ${line.lagEvents} to go`);
        } else if (line.outcome === 'cancelled') {
          throw new CliFailure(EXIT.failed, `The rebuild of ${name} was cancelled; nothing has changed.`);
        } else {
          await terminal.print(json === true ? JSON.stringify({ projection: name, outcome: line.outcome }) : `${name} is rebuilt, and answers queries.`);
        }
      }
    });
}

const HEADINGS = ['NAME', 'VERSION', 'BUILD', 'KIND', 'STATE', 'ACTIVE', 'POSITION', 'LAG', 'LAG (S)', 'DEAD LETTERS', 'ERROR'];

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
