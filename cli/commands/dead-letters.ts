/** `tidings dead-letters …`: streams that wait behind an event which a projection can't digest. */
import type { Command } from 'commander';
import type { DeadLetterLine, OperationRequest, ResolvedLine } from '../../app/control/protocol.ts';
import { CliFailure, EXIT } from '../failure.ts';
import type { CliContext } from '../context.ts';
import { tableOf } from '../table.ts';

type ResolveOptions = { readonly all?: true; readonly json?: true };

export function addDeadLettersCommands(program: Command, context: CliContext): void {
  const { terminal, connect } = context;
  const letters = program.command('dead-letters').description('shows what projections couldn’t digest, and has it tried again or given up');
  letters
    .command('list')
    .description('shows the streams that wait, with the event that each waits behind and why')
    .option('--projection <name>', 'only of this projection')
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      `
Examples:
  $ npx tidings dead-letters list
  $ npx tidings dead-letters list --projection inbox --json`,
    )
    .action(async ({ projection, json }: { readonly projection?: string; readonly json?: true }) => {
      await using reached = await connect();
      const lines = await Array.fromAsync(reached.call('list-dead-letters', projection === undefined ? {} : { projection }));
      for (const line of json === true ? lines.map((one) => JSON.stringify(one)) : tableOf(HEADINGS, lines.map(rowOf))) await terminal.print(line);
    });

  const resolving = (name: 'retry' | 'skip', how: OperationRequest<'resolve-dead-letters'>['how'], description: string, more: string) =>
    letters
      .command(name)
      .description(description)
      .argument('<projection>', 'such as inbox')
      .argument('[stream]', 'such as channel-7')
      .option('--all', 'every stream of the projection that waits')
      .option('--json', 'one JSON object a line')
      .addHelpText('after', `\n${more}\n\nExamples:\n  $ npx tidings dead-letters ${name} inbox channel-7\n  $ npx tidings dead-letters ${name} inbox --all`)
      .action(async (projection: string, stream: string | undefined, { all, json }: ResolveOptions) => {
        if ((stream === undefined) === (all === undefined)) throw new CliFailure(EXIT.usage, 'Name a stream, or say --all.');
        await using reached = await connect();
        let failed = 0;
        for await (const line of reached.call('resolve-dead-letters', { projection, how, ...(stream === undefined ? {} : { stream }) })) {
          if (line.outcome === 'set-aside-again') failed += 1;
          await terminal.print(json === true ? JSON.stringify(line) : describeResolution(line));
        }
        if (failed > 0) throw new CliFailure(EXIT.failed, `${failed} still ${failed === 1 ? 'waits' : 'wait'}.`);
      });
  resolving(
    'retry',
    'retried',
    'has the event tried again, and then what waits behind it',
    'Right after what was wrong with the projection or its surroundings is mended.',
  );
  resolving(
    'skip',
    'skipped',
    'gives the event up, and has what waits behind it done',
    'The event stays in the log; this projection goes on as if it were none of its own.',
  );
}

const HEADINGS = ['PROJECTION', 'STREAM', 'REVISION', 'POSITION', 'WAITING', 'SINCE', 'ERROR'];

const rowOf = ({ runner, stream, revision, position, waiting, at, error }: DeadLetterLine) => [runner, stream, revision, position, waiting, at, error];

function describeResolution({ runner, stream, revision, outcome, error }: ResolvedLine): string {
  const which = `${runner} ${stream}@${revision}`;
  switch (outcome) {
    case 'resolved':
      return `${which}: resolved, and all that waited behind it.`;
    case 'set-aside-again':
      return `${which}: can’t be digested: ${error ?? ''}`;
    case 'asked':
      return `${which}: asked for in the log; it is done when the projection comes by.`;
  }
}
