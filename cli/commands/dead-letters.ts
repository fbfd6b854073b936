/** `tidings dead-letters …`: streams that wait behind an event that a projection can't apply. */
import type { Command } from 'commander';
import type { DeadLetterLine, OperationRequest, ResolvedLine } from '../../app/control/protocol.ts';
import type { CliContext } from '../context.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { printList } from '../print-list.ts';

const HEADINGS = ['PROJECTION', 'STREAM', 'REVISION', 'POSITION', 'WAITING', 'SINCE', 'ERROR'];

type ResolveOptions = { readonly all?: true; readonly json?: true };
type Resolution = {
  readonly name: 'retry' | 'skip';
  readonly how: OperationRequest<'resolve-dead-letters'>['how'];
  readonly description: string;
  readonly more: string;
  /** What the examples end with. */
  readonly reason: string;
};

export function addDeadLettersCommands(program: Command, context: CliContext): void {
  const { terminal, connect } = context;
  const letters = program.command('dead-letters').description('List, retry or skip events that projections could not apply.');
  letters
    .command('list')
    .description('List the streams that wait, with the event that each waits behind and the error.')
    .option('--projection <name>', 'only of this projection')
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `
Examples:
  $ npx tidings dead-letters list
  $ npx tidings dead-letters list --projection inbox --json`,
    )
    .action(async ({ projection, json }: { readonly projection?: string; readonly json?: true }) => {
      await using client = await connect();
      const items = await Array.fromAsync(client.call('list-dead-letters', projection === undefined ? {} : { projection }));
      await printList(terminal, { items, headings: HEADINGS, rowOf, json });
    });
  addResolution(letters, context, {
    name: 'retry',
    how: 'retried',
    description: 'Retry the event, and then the events that wait behind it.',
    more: 'Retry once the projection, or the service that it needs, is mended.',
    reason: '',
  });
  addResolution(letters, context, {
    name: 'skip',
    how: 'skipped',
    description: 'Give the event up, and apply the events that wait behind it.',
    more: 'The event stays in the log; this projection goes on without it. Say why with --reason.',
    reason: " --reason 'the post is gone anyway'",
  });
}

function addResolution(letters: Command, { terminal, connect }: CliContext, { name, how, description, more, reason }: Resolution): void {
  letters
    .command(name)
    .description(description)
    .argument('<projection>', 'such as inbox')
    .argument('[stream]', 'such as channel-7')
    .option('--all', 'every stream of the projection that waits')
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      `\n${more}\n\nExamples:\n  $ npx tidings dead-letters ${name} inbox channel-7${reason}\n  $ npx tidings dead-letters ${name} inbox --all${reason}`,
    )
    .action(async (projection: string, stream: string | undefined, { all, json }: ResolveOptions) => {
      if ((stream === undefined) === (all === undefined)) throw new CliFailure(EXIT.usage, 'Name a stream, or say --all.');
      await using client = await connect();
      let failed = 0;
      for await (const line of client.call('resolve-dead-letters', { projection, how, ...(stream === undefined ? {} : { stream }) })) {
        if (line.outcome === 'failed-again') failed += 1;
        await terminal.print(json === true ? JSON.stringify(line) : describeResolution(line));
      }
      if (failed > 0) throw new CliFailure(EXIT.failed, `${failed} still ${failed === 1 ? 'waits' : 'wait'}.`);
    });
}

const rowOf = ({ runner, stream, revision, position, waiting, at, error }: DeadLetterLine) => [runner, stream, revision, position, waiting, at, error];

function describeResolution({ runner, stream, revision, outcome, error }: ResolvedLine): string {
  const event = `${runner} ${stream}@${revision}`;
  switch (outcome) {
    case 'resolved':
      return `${event}: resolved, and all that waited behind it.`;
    case 'failed-again':
      return `${event}: failed again: ${error ?? ''}`;
    case 'requested':
      return `${event}: requested in the log; the projection does it once it runs.`;
  }
}
