/** Runs Tidings: all roles in one process, or some of them. `--help` says how. */
import { Command, Option } from 'commander';
import { ConfigFaults, configFrom, ROLES, type Config } from './config.ts';
import { FolderInUse } from './installation.ts';
import { createLogger } from './logger.ts';
import { startEventStoreAlone } from './event-store.ts';
import { startTidings } from './start.ts';

const EXIT_BAD_CONFIG = 2;
const EXIT_FOLDER_IN_USE = 3;
const EXIT_NOT_IN_TIME = 1;

const flags = new Command('tidings')
  .description('Runs Tidings. Everything else is set by environment variables that begin with TIDINGS_ (see docs/operating.md); flags beat the environment.')
  .addOption(new Option('--profile <profile>', 'where everything is kept').choices(['embedded']))
  .addOption(new Option('--role <role...>', 'which parts run here; all but the event store where it is absent').choices(ROLES))
  .option('--data <folder>', 'the folder for everything that lasts')
  .parse()
  .opts<{ profile?: string; role?: readonly string[]; data?: string }>();

const config = readConfig();
const logger = createLogger(config.logLevel);

process.on('unhandledRejection', (error) => {
  logger.error('a promise was rejected and nobody listened', { error: String(error), stack: error instanceof Error ? error.stack : undefined });
  process.exit(EXIT_NOT_IN_TIME);
});

try {
  const isStoreAlone = config.roles.every((role) => role === 'event-store');
  const tidings = isStoreAlone ? await startEventStoreAlone(config, { logger }) : await startTidings(config, { logger });
  logger.info('ready');
  await asked();
  logger.info('stopping', { withinMs: config.stopDeadlineMs });
  setTimeout(() => {
    logger.error('not stopped in time');
    process.exit(EXIT_NOT_IN_TIME);
  }, config.stopDeadlineMs).unref();
  await tidings[Symbol.asyncDispose]();
  logger.info('stopped');
  process.exit(0);
} catch (error) {
  if (!(error instanceof FolderInUse)) throw error;
  logger.error('the data folder is in use', { folder: config.dataFolder });
  process.exit(EXIT_FOLDER_IN_USE);
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

/** Resolves when somebody asks the process to stop. */
function asked(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}
