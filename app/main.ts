/** Runs Tidings: all roles in one process, or some of them. `--help` lists the flags. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Instant } from '../domain/shared/instant.ts';
import { isAnswerToNobody } from '../ports/event-log/eventstore/errors.ts';
import { Outage } from '../ports/outage.ts';
import { CannotStart } from './cannot-start.ts';
import { configFrom, type Config } from './config/config.ts';
import { ConfigFaults } from './config/read-settings.ts';
import { PROFILES, ROLE_NAMES } from './config/settings.ts';
import { FolderInUse, OWNER_ONLY } from './data-folder.ts';
import { startStandaloneEventStore } from './event-store-role.ts';
import { readOnlyConfig } from './replay/read-only-config.ts';
import { startStandaloneFront } from './standalone/front-role.ts';
import { openLogOutput } from './log-output.ts';
import { createLogger, type Logger } from './logger.ts';
import { restoreTimeIn } from './start-checks/log-epoch.ts';
import { startTidings } from './start.ts';
import { onStopSignals } from './stop-signals.ts';
import { createTerminalLogger } from './terminal-logger.ts';
import { VERSION } from './version.ts';

const EXIT_FAILED = 1;
const EXIT_BAD_CONFIG = 2;
const EXIT_FOLDER_IN_USE = 3;
const STANDARD_OUTPUT = 1;
const HELP = 'docs/operating.md says more: “Starting”, “Settings” and “The data folder”.';

process.umask(OWNER_ONLY);

const flags = new Command('tidings')
  .description('Run Tidings. All other settings are environment variables that begin with TIDINGS_ (see docs/operating.md); flags beat the environment.')
  .version(VERSION)
  .addOption(new Option('--profile <profile>', 'which adapters to run on').choices(PROFILES))
  .addOption(new Option('--role <role...>', 'the roles of this process (default: all but event-store)').choices(ROLE_NAMES))
  .option('--queues <name...>', 'of the role delivery, only the queues with these names (default: all); deliver-sms* means all that begin so')
  .option('--data <folder>', 'the data folder (default: TIDINGS_DATA, else ./data)')
  .option('--adopt-vault', 'let the vault of this data folder take the place of the one that the log knows, which is lost for good')
  .option(
    '--log-restored <time>',
    'the log was restored from a backup at this time, such as 2026-07-01T09:30:00Z: what clients know from before is refused',
    restoreTime,
  )
  .addOption(
    new Option('--read-only', 'show a replay, which npx tidings replay has made: queries, and nothing else').conflicts([
      'role',
      'queues',
      'adoptVault',
      'logRestored',
    ]),
  )
  .addHelpText('after', '\nExamples:\n  $ npx node app/main.ts --data /var/lib/tidings\n  $ npx node app/main.ts --role write-api read-api')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_BAD_CONFIG)) // commander has printed the reason
  .parse()
  .opts<{ profile?: string; role?: readonly string[]; queues?: readonly string[]; data?: string; adoptVault?: true; logRestored?: Instant; readOnly?: true }>();

const config = readConfig();
const logger = loggerFor(config);

// Warnings of Node itself, which may not end the process either.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.on('unhandledRejection', (error) => endUnlessHarmless('unhandled rejection', error));
process.on('uncaughtException', (error) => endUnlessHarmless('uncaught exception', error));

const stopRequested = Promise.withResolvers<void>();
onStopSignals({
  stop: () => {
    logger.info('stopping', { withinMs: config.stopDeadlineMs });
    setTimeout(() => exitAtOnce('not stopped within the deadline'), config.stopDeadlineMs).unref();
    stopRequested.resolve();
  },
  stopAtOnce: () => exitAtOnce('stopped at once on a second signal'),
});

try {
  const tidings = await startRoles();
  logger.info('ready');
  await stopRequested.promise;
  await tidings[Symbol.asyncDispose]();
  logger.info('stopped');
  process.exit(0);
} catch (error) {
  if (error instanceof FolderInUse) {
    logger.error('can’t start', { reason: `${error.message} Stop that process, or name another folder with --data or TIDINGS_DATA.`, see: HELP });
    process.exit(EXIT_FOLDER_IN_USE);
  }
  if (!(error instanceof CannotStart || error instanceof Outage)) {
    logger.error('unexpected error', { component: 'main', error: String(error), stack: error instanceof Error ? error.stack : undefined });
    process.exit(EXIT_FAILED);
  }
  const { cause } = error;
  logger.error('can’t start', { reason: error.message, ...(cause instanceof Error ? { cause: cause.message } : {}), see: HELP });
  process.exit(EXIT_FAILED);
}

/** A process of the front alone, or of the event store, has nothing of what the other roles need. */
async function startRoles(): Promise<AsyncDisposable> {
  if (flags.readOnly === true) return startTidings(readOnlyConfig(config), { logger });
  if (config.frontUpstreams !== undefined) return startStandaloneFront(config, { logger });
  if (config.roles.every((role) => role === 'event-store')) return startStandaloneEventStore(config, { logger });
  return startTidings(config, { logger, vaultAdoption: flags.adoptVault === true ? 'replacing' : 'first', restoredAt: flags.logRestored });
}

function restoreTime(text: string): Instant {
  const restoredAt = restoreTimeIn(text);
  if (restoredAt === undefined) throw new InvalidArgumentError('It must be a date and a time with seconds and zone, such as 2026-07-01T09:30:00Z.');
  return restoredAt;
}

function endUnlessHarmless(message: string, error: unknown): void {
  if (isAnswerToNobody(error)) return;
  logger.error(message, { error: String(error), stack: error instanceof Error ? error.stack : undefined });
  process.exit(EXIT_FAILED);
}

function exitAtOnce(message: string): never {
  logger.error(message);
  process.exit(EXIT_FAILED);
}

function loggerFor({ logFormat, ...settings }: Config): Logger {
  const output = openLogOutput(STANDARD_OUTPUT);
  const isText = logFormat === 'auto' ? process.stdout.isTTY : logFormat === 'text';
  return isText ? createTerminalLogger(settings, output) : createLogger(settings.logLevel, output);
}

function readConfig(): Config {
  try {
    return configFrom({
      ...process.env,
      ...(flags.profile === undefined ? {} : { TIDINGS_PROFILE: flags.profile }),
      ...(flags.role === undefined ? {} : { TIDINGS_ROLES: flags.role.join(',') }),
      ...(flags.queues === undefined ? {} : { TIDINGS_DELIVERY_QUEUES: flags.queues.join(',') }),
      ...(flags.data === undefined ? {} : { TIDINGS_DATA: flags.data }),
    });
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error;
    const count = error.faults.length === 1 ? 'a fault' : `${error.faults.length} faults`;
    const faults = error.faults.map((fault) => `  ${fault}\n`).join('');
    process.stderr.write(`The configuration has ${count}:\n${faults}See “Settings” in docs/operating.md.\n`);
    process.exit(EXIT_BAD_CONFIG);
  }
}
