/** Runs Tidings: all roles in one process, or some of them. `--help` says how. */
import { Command, Option } from 'commander';
import { LogUnavailable } from '../ports/event-log/port.ts';
import { CannotStart } from './cannot-start.ts';
import { ConfigFaults, configFrom, ROLES, type Config } from './config.ts';
import { FolderInUse, OWNER_ONLY } from './data-folder.ts';
import { createLogger } from './logger.ts';
import { startStandaloneEventStore } from './event-store-role.ts';
import { startTidings } from './start.ts';
import { onStopSignals } from './stop-signals.ts';

const EXIT_FAILED = 1;
const EXIT_BAD_CONFIG = 2;
const EXIT_FOLDER_IN_USE = 3;

process.umask(OWNER_ONLY);

const flags = new Command('tidings')
  .description('Runs Tidings. Everything else is set by environment variables that begin with TIDINGS_ (see docs/operating.md); flags beat the environment.')
  .addOption(new Option('--profile <profile>', 'where everything is kept').choices(['embedded']))
  .addOption(new Option('--role <role...>', 'which parts run here; all but the event store where it is absent').choices(ROLES))
  .option('--data <folder>', 'the folder for everything that lasts')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_BAD_CONFIG)) // it has said why itself
  .parse()
  .opts<{ profile?: string; role?: readonly string[]; data?: string }>();

const config = readConfig();
const logger = createLogger(config.logLevel);

process.on('unhandledRejection', (error) => {
  logger.error('a promise was rejected and nobody listened', { error: String(error), stack: error instanceof Error ? error.stack : undefined });
  process.exit(EXIT_FAILED);
});

const stopping = Promise.withResolvers<void>();
onStopSignals({
  ask: () => {
    logger.info('stopping', { withinMs: config.stopDeadlineMs });
    setTimeout(() => endAtOnce('not stopped in time'), config.stopDeadlineMs).unref();
    stopping.resolve();
  },
  insist: () => endAtOnce('asked twice to stop, and ended at once'),
});

try {
  const isStoreAlone = config.roles.every((role) => role === 'event-store');
  const tidings = isStoreAlone ? await startStandaloneEventStore(config, { logger }) : await startTidings(config, { logger });
  logger.info('ready');
  await stopping.promise;
  await tidings[Symbol.asyncDispose]();
  logger.info('stopped');
  process.exit(0);
} catch (error) {
  if (error instanceof FolderInUse) {
    logger.error('the data folder is in use', { folder: config.dataFolder });
    process.exit(EXIT_FOLDER_IN_USE);
  }
  if (!(error instanceof CannotStart || error instanceof LogUnavailable)) throw error;
  const { cause } = error;
  logger.error('can’t start', { reason: error.message, ...(cause instanceof Error ? { cause: cause.message } : {}) });
  process.exit(EXIT_FAILED);
}

function endAtOnce(why: string): never {
  logger.error(why);
  process.exit(EXIT_FAILED);
}

function readConfig(): Config {
  try {
    return configFrom({
      ...process.env,
      ...(flags.profile === undefined ? {} : { TIDINGS_PROFILE: flags.profile }),
      ...(flags.role === undefined ? {} : { TIDINGS_ROLES: flags.role.join(',') }),
      ...(flags.data === undefined ? {} : { TIDINGS_DATA: flags.data }),
    });
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error;
    process.stderr.write(
      `The configuration has ${error.faults.length === 1 ? 'a fault' : `${error.faults.length} faults`}:\n${error.faults.map((fault) => `  ${fault}`).join('\n')}\n`,
    );
    process.exit(EXIT_BAD_CONFIG);
  }
}
