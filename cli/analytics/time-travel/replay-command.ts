/** `tidings replay`: an installation as it was, in a folder of its own, for a process that only reads. */
import type { Command } from 'commander';
import { refusalOfAction } from '../../../domain/operators/actions.ts';
import { LOCAL_OPERATOR } from '../../../domain/operators/roles.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { sentenceOf } from '../../../domain/shared/refusals.ts';
import { orFailure } from '../../backup/or-failure.ts';
import type { CliContext } from '../../context.ts';
import { CliFailure, EXIT } from '../../failure.ts';
import { rateOf } from '../../rate.ts';
import { percent } from '../../terminal.ts';
import { momentOption } from '../export/scope-options.ts';
import { replaySourceOf } from './replay-source.ts';

type ReplayOptions = {
  readonly into: string;
  readonly to?: Instant;
  readonly backup?: string;
  readonly erasedList?: string;
  readonly json?: true;
};

export function addReplayCommand(program: Command, context: CliContext): void {
  program
    .command('replay')
    .description('Show an installation as it was: all views as of a moment, in a folder for a process that only reads.')
    .requiredOption('--into <folder>', 'an empty folder for it')
    .option('--to <time>', 'only what had happened by then: 2026-11-29, or 2026-11-29T08:00:00Z', momentOption)
    .option('--backup <folder>', 'of this backup, and not of the installation')
    .option('--erased-list <file>', 'with --backup: the list of erased subjects (default: TIDINGS_ERASED_LIST, else the one in the folder)')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
It needs --reason, for whoever has the folder can read everything in it but what was erased. The installation goes on with its work.
An installation on servers is read with the settings of a process there in the environment (TIDINGS_PROFILE=distributed), without --url.
Nothing in the folder can log in, send or write: start it with --read-only. What was interrupted goes on when it is run again.

Examples:
  $ npx tidings replay --to 2026-11-29T08:00:00Z --into /var/tmp/sunday --reason 'case 12'
  $ npm start -- --data /var/tmp/sunday --read-only`,
    )
    .action((options: ReplayOptions) => replayInto(context, options));
}

async function replayInto(context: CliContext, options: ReplayOptions): Promise<void> {
  const { terminal, interrupted, reason: reasonOf, configOfInstallation } = context;
  const { into, to, backup, erasedList, json } = options;
  const reason = reasonOf();
  const refusal = refusalOfAction('replay-log', LOCAL_OPERATOR, reason);
  if (refusal !== undefined || reason === undefined) throw new CliFailure(EXIT.usage, sentenceOf(refusal?.code ?? 'reason-missing', refusal?.facts));
  const config = configOfInstallation();
  const { replay } = await import('../../../app/replay/replay.ts');
  const rate = rateOf();
  await using source = replaySourceOf(context, config, { to, reason });
  const result = await orFailure(() =>
    replay(config, {
      folder: into,
      to,
      ...(backup !== undefined && { backup: { folder: backup, erasedList: erasedList ?? config.erasedList } }),
      backUp: source.backUp,
      listErased: source.listErased,
      reason,
      failureReporter: (component) => (error) => terminal.say(`${component}: ${String(error)}`),
      signal: interrupted,
      onRestored: (part) => terminal.progress(`the log: ${percent(part)}`),
      onBuilt: ({ built, retrying }) =>
        terminal.progress(`the views: ${percent(built)} built${rate.left(built, 1)}${retrying === undefined ? '' : `; ${retrying}`}`),
    }),
  );
  if (json === true) return await terminal.print(JSON.stringify(result));
  const letters = result.deadLetters === 0 ? '' : ` ${result.deadLetters} streams wait behind an event that can’t be applied.`;
  await terminal.print(
    `${into}: as it was ${result.to === null ? `at ${result.at}` : `at ${result.to}`}, the log up to position ${result.next}, all views built.${letters} Start it: npm start -- --data ${into} --read-only`,
  );
}
