/** The whole command line: what was typed, to an exit code. */
import { Command, CommanderError } from 'commander';
import { ConfigFaults, configFrom } from '../app/config.ts';
import type { Context } from './context.ts';
import { addDeadLetters } from './commands/dead-letters.ts';
import { CliFailure, EXIT, type ExitCode } from './failure.ts';
import { addLog } from './commands/log.ts';
import { addOutbox } from './commands/outbox.ts';
import { addProjections } from './commands/projections.ts';
import { reach } from './control-client.ts';
import { addStore } from './commands/store.ts';
import { ReaderGone } from './terminal.ts';

type Surroundings = Omit<Context, 'reach'> & { readonly environment: Readonly<Record<string, string | undefined>> };

export async function run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  try {
    await createProgram(surroundings).parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    return told(error, surroundings);
  }
}

function createProgram({ terminal, environment, interrupted }: Surroundings): Command {
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
  const reachFolder: Context['reach'] = async (needs = 'folder') => {
    const { data } = program.opts<{ data?: string }>();
    const config = configFrom({ ...environment, ...(data === undefined ? {} : { TIDINGS_DATA: data }) });
    return await reach({ config, needs, say: terminal.say, signal: interrupted });
  };
  for (const add of [addLog, addProjections, addDeadLetters, addStore, addOutbox]) add(program, { terminal, interrupted, reach: reachFolder });
  return program;
}

function told(error: unknown, { terminal, interrupted }: Surroundings): ExitCode {
  if (interrupted.reason instanceof ReaderGone) return EXIT.done;
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
