/** `tidings migrate`: moves an embedded installation to the servers of the distributed profile. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Command } from 'commander';
import type { ResponseLines } from '../../app/control/protocol.ts';
import { refusalOfAction } from '../../domain/operators/actions.ts';
import { LOCAL_OPERATOR } from '../../domain/operators/roles.ts';
import { sentenceOf } from '../../domain/shared/refusals.ts';
import { orFailure } from '../backup/or-failure.ts';
import type { CliContext } from '../context.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { rateOf, type Rate } from '../rate.ts';
import { percent } from '../terminal.ts';

type Options = { readonly to: string; readonly destroyOld?: true; readonly json?: true };

export function addMigrateCommand(program: Command, context: CliContext): void {
  const { connect, terminal } = context;
  program
    .command('migrate')
    .description('Move an embedded installation to the servers of the distributed profile.')
    .requiredOption('--to <file>', 'the settings of a process there, one NAME=value a line')
    .option('--destroy-old', 'once it has switched: delete what the folder still has, its keys first; needs --reason')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Run it while the system runs: what there is is copied. Then stop the system and run it again: what came since is copied, every stream is
compared, and the servers are the installation; the folder opens no more. What was interrupted goes on when it is run again.

The folder keeps all it had, and with its keys everything in it can be read. --destroy-old deletes that, where these servers have the
same installation; there is no way back. Its media stays where these settings name that folder, or one by a path that isn’t absolute.

Examples:
  $ npx tidings migrate --to /etc/tidings/distributed.env
  $ npx tidings migrate --to /etc/tidings/distributed.env --destroy-old --reason 'a week on the servers'`,
    )
    .action(async ({ to, destroyOld, json }: Options) => {
      const settings = settingsIn(to);
      if (destroyOld === true) return await destroy(context, settings, json);
      await using reached = await connect();
      const rate = rateOf();
      for await (const { is, ...line } of reached.call('migrate', { settings })) {
        if ('head' in line) terminal.progress(describeProgress(line, rate));
        else if (is === 'result') await terminal.print(json === true ? JSON.stringify(line) : describe(line));
      }
    });
}

async function destroy({ terminal, reason: reasonOf, config: configOf }: CliContext, settings: Readonly<Record<string, string>>, json: true | undefined) {
  const reason = reasonOf();
  const refusal = refusalOfAction('destroy-moved-folder', LOCAL_OPERATOR, reason);
  if (refusal !== undefined || reason === undefined) throw new CliFailure(EXIT.usage, sentenceOf(refusal?.code ?? 'reason-missing', refusal?.facts));
  const { dataFolder } = configOf();
  const { destroyOld } = await import('../../app/migrate/destroy-old.ts');
  const result = await orFailure(() => destroyOld({ dataFolder, settings, reason }));
  const { deleted, left } = result;
  if (json === true) return await terminal.print(JSON.stringify(result));
  const others = left.length === 0 ? '' : ` Left in it, for it isn’t Tidings’, or may be the servers’ media: ${left.join(', ')}.`;
  await terminal.print(
    deleted.length === 0 ? `Nothing of the installation is left in ${dataFolder}.${others}` : `Deleted from ${dataFolder}: ${deleted.join(', ')}.${others}`,
  );
}

function settingsIn(file: string): Readonly<Record<string, string>> {
  try {
    return Object.fromEntries(Object.entries(parseEnv(readFileSync(file, 'utf8'))).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  } catch (error) {
    throw new CliFailure(EXIT.usage, `${file} can’t be read: ${String(error)}`, { cause: error });
  }
}

type Progress = Omit<Extract<ResponseLines['migrate'], { is: 'progress' }>, 'is'>;

function describeProgress({ next, head, records, objects, comparing }: Progress, rate: Rate): string {
  if (comparing) return 'comparing every stream';
  if (objects > 0) return `media: ${objects} objects`;
  if (records > 0) return `the vault: ${records} records`;
  return `the log: ${percent(head === 0 ? 1 : next / head)}${rate.left(next, head)}`;
}

type Result = Omit<Extract<ResponseLines['migrate'], { is: 'result' }>, 'is'>;

function describe({ switched, events, records, objects, compared }: Result): string {
  const copied = `${events} events, ${records} records of the vault and ${objects} media objects are copied`;
  return switched
    ? `${copied}; all streams are the same (${compared} events). Start the processes of the distributed profile; this folder opens no more.`
    : `${copied}. Stop the system and run this again: it copies what came since, and switches.`;
}
