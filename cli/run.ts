/** The whole command line: what was typed, to an exit code. */
import { Command, CommanderError } from 'commander';
import { ConfigFaults, configFrom } from '../app/config/config.ts';
import type { CliContext } from './context.ts';
import { addDeadLettersCommands } from './commands/dead-letters.ts';
import { CliFailure, EXIT, type ExitCode } from './failure.ts';
import { addLogCommands } from './commands/log.ts';
import { addOutboxCommands } from './commands/outbox.ts';
import { addProjectionsCommands } from './commands/projections.ts';
import { connectToFolder } from './control-client.ts';
import { addStoreCommands } from './commands/store.ts';
import { OutputClosed } from './terminal.ts';

type RunDependencies = Omit<CliContext, 'connect'> & { readonly environment: Readonly<Record<string, string | undefined>> };

export async function run(args: readonly string[], surroundings: RunDependencies): Promise<ExitCode> {
  try {
    await createProgram(surroundings).parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    return reportError(error, surroundings);
  }
}

function createProgram({ terminal, environment, interrupted }: RunDependencies): Command {
  const program = new Command('tidings')
    .description('Looks into the log of a Tidings and at what is made of it, and sets right what went wrong.')
    .option('--data <folder>', 'the data folder (default: TIDINGS_DATA, else ./data)')
    .exitOverride()
    .configureOutput({ writeErr: (text) => terminal.say(text.trimEnd()) })
    .showHelpAfterError('(--help says more)')
    .addHelpText(
      'after',
      `
Where a process runs on the folder it is asked over its control socket; where none runs the folder is opened here, and is
locked meanwhile.

Exit codes: 0 done, 1 failed, 2 asked wrongly, 3 nothing to ask and nothing to open, 130 interrupted.

Examples:
  $ npx tidings log tail
  $ npx tidings log read --stream channel-7 --json
  $ npx tidings projections list
  $ npx tidings projections rebuild inbox
  $ npx tidings dead-letters list`,
    );
  const reachFolder: CliContext['connect'] = async (needs = 'folder') => {
    const { data } = program.opts<{ data?: string }>();
    const config = configFrom({ ...environment, ...(data === undefined ? {} : { TIDINGS_DATA: data }) });
    return await connectToFolder({ config, needs, say: terminal.say, signal: interrupted });
  };
  for (const add of [addLogCommands, addProjectionsCommands, addDeadLettersCommands, addStoreCommands, addOutboxCommands])
    add(program, { terminal, interrupted, connect: reachFolder });
  return program;
}

function reportError(error: unknown, { terminal, interrupted }: RunDependencies): ExitCode {
  if (interrupted.reason instanceof OutputClosed) return EXIT.done;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage; // it has said why itself
  if (error instanceof ConfigFaults) {
    for (const fault of error.faults) terminal.say(fault);
    return EXIT.usage;
  }
  if (interrupted.aborted) {
    terminal.say('Interrupted.');
    return EXIT.interrupted;
  }
  if (error instanceof CliFailure) {
    terminal.say(error.message);
    return error.exitCode;
  }
  terminal.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.failed;
}
