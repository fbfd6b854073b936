/** Runs the command line: from its arguments to an exit code. */
import { Command, CommanderError } from 'commander';
import { controlTargetFrom, isOnServers } from '../app/config/control-target.ts';
import { configFrom } from '../app/config/config.ts';
import { ConfigFaults } from '../app/config/read-settings.ts';
import { VERSION } from '../app/version.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addTraceCommand } from './commands/trace.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addDeadLettersCommands } from './commands/dead-letters.ts';
import { addDeliveriesCommand } from './commands/deliveries.ts';
import { addExplainPushCommand } from './commands/explain-push.ts';
import { addFunnelCommand } from './commands/funnel.ts';
import { addListsCommands } from './commands/lists.ts';
import { addLogCommands } from './commands/log.ts';
import { addModerationCommands } from './commands/moderation/moderation.ts';
import { addOperatorsCommands } from './commands/operators.ts';
import { addOutboxCommands } from './commands/outbox.ts';
import { addProjectionsCommands } from './commands/projections.ts';
import { addQueuesCommand } from './commands/queues.ts';
import { addRetentionCommand } from './retention/retention.ts';
import { addRoutingCommands } from './commands/routing.ts';
import { addSchedulesCommands } from './commands/schedules.ts';
import { addSendersCommands } from './commands/senders.ts';
import { addSqlCommand } from './analytics/sql/sql-command.ts';
import { addReplayCommand } from './analytics/time-travel/replay-command.ts';
import { addStateCommand } from './analytics/time-travel/state-command.ts';
import { addViewCommand } from './analytics/time-travel/view-command.ts';
import { addStoreCommands } from './commands/store.ts';
import { addWebhooksCommands } from './commands/webhooks.ts';
import { addBackupCommand } from './backup/backup.ts';
import { addRestoreCommand } from './backup/restore.ts';
import { addMigrateCommand } from './migrate/migrate.ts';
import type { CliContext } from './context.ts';
import { connectToFolder, connectToProcess } from './control-client.ts';
import { CliFailure, EXIT, type ExitCode } from './failure.ts';
import { addImportCommands } from './import/import-commands.ts';
import { OutputClosed } from './terminal.ts';

const COMMANDS = [
  addLogCommands,
  addSqlCommand,
  addStateCommand,
  addViewCommand,
  addReplayCommand,
  addProjectionsCommands,
  addDeadLettersCommands,
  addStoreCommands,
  addBackupCommand,
  addRestoreCommand,
  addMigrateCommand,
  addRetentionCommand,
  addOutboxCommands,
  addDeliveriesCommand,
  addFunnelCommand,
  addQueuesCommand,
  addListsCommands,
  addSchedulesCommands,
  addWebhooksCommands,
  addSendersCommands,
  addRoutingCommands,
  addExplainPushCommand,
  addImportCommands,
  addModerationCommands,
  addOperatorsCommands,
  addAuditCommand,
  addTraceCommand,
  addCompletionCommand,
];

type RunDependencies = Omit<CliContext, 'connect' | 'config' | 'configOfInstallation' | 'reason'> & {
  readonly environment: Readonly<Record<string, string | undefined>>;
};

export async function run(args: readonly string[], dependencies: RunDependencies): Promise<ExitCode> {
  try {
    await createProgram(dependencies).parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    return reportError(error, dependencies);
  }
}

function createProgram({ terminal, environment, interrupted, typed }: RunDependencies): Command {
  const program = new Command('tidings')
    .description('Inspect the log of a Tidings, its projections and its deliveries, and mend what failed.')
    .version(VERSION)
    .option('--data <folder>', 'the data folder (default: TIDINGS_DATA, else ./data)')
    .option('--url <address>', 'the operations listener of a process of the distributed profile (default: TIDINGS_OPS_URL)')
    .option('--reason <text>', 'why you do this; what reveals personal data or destroys something needs it, and the audit keeps it')
    .exitOverride()
    .configureOutput({ writeOut: terminal.write, writeErr: (text) => terminal.say(text.trimEnd()) })
    .showHelpAfterError('(--help says more)')
    .addHelpText(
      'after',
      `
If a process runs on the data folder, it is asked over its control socket. If none runs, the folder is opened here, and is locked
meanwhile. A process of the distributed profile is asked by its address, with your token as an operator in TIDINGS_OPERATOR_TOKEN, or
the installation's in TIDINGS_ADMIN_TOKEN; or in the file that one of them names with _FILE.

Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 no process to ask and no folder to open, 130 interrupted.

Examples:
  $ npx tidings log tail
  $ npx tidings log read --stream channel-7 --json
  $ npx tidings projections list
  $ npx tidings dead-letters list
  $ npx tidings deliveries --person 0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c`,
    );
  const targetOf = () => {
    const { data, url } = program.opts<{ data?: string; url?: string }>();
    const flags = {
      ...(data === undefined ? {} : { TIDINGS_DATA: data, TIDINGS_OPS_URL: undefined }), // the folder that was named, and not the process that usually is
      ...(url === undefined ? {} : { TIDINGS_OPS_URL: url }),
    };
    return controlTargetFrom({ ...environment, ...flags });
  };
  const config: CliContext['config'] = () => {
    const target = targetOf();
    if (target.kind === 'process') throw new CliFailure(EXIT.usage, 'This is done to a data folder: name it with --data, and no process.');
    return target.config;
  };
  const configOfInstallation: CliContext['configOfInstallation'] = () => {
    if (!isOnServers(environment)) return config();
    const { data, url } = program.opts<{ data?: string; url?: string }>();
    // It is no process of whatever role, and needs to know of all servers.
    if (data === undefined && url === undefined) return configFrom({ ...environment, TIDINGS_ROLES: undefined });
    throw new CliFailure(EXIT.usage, 'With TIDINGS_PROFILE=distributed this is done to the servers that the settings name: leave out --data and --url.');
  };
  const connect: CliContext['connect'] = async (needs = 'folder') => {
    const { reason } = program.opts<{ reason?: string }>();
    const target = targetOf();
    if (target.kind === 'process') return connectToProcess(target, { signal: interrupted, reason });
    return await connectToFolder({ config: target.config, needs, say: terminal.say, signal: interrupted, reason });
  };
  for (const add of COMMANDS)
    add(program, {
      terminal,
      interrupted,
      connect,
      ...(typed === undefined ? {} : { typed }),
      config,
      configOfInstallation,
      reason: () => program.opts<{ reason?: string }>().reason,
    });
  return program;
}

function reportError(error: unknown, { terminal, interrupted }: RunDependencies): ExitCode {
  if (interrupted.reason instanceof OutputClosed) return EXIT.done;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage; // commander has printed the reason
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
