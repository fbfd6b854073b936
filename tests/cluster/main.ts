/** `npm run cluster`: the distributed profile on this machine, two processes of every role, until Ctrl-C. `npm run cluster -- status` looks at one that runs. */
import { Command, InvalidArgumentError } from 'commander';
import { onStopSignals } from '../../app/stop-signals.ts';
import { startCluster, TWO_OF_EVERY_ROLE, TWO_WITH_ALL_ROLES, type Cluster } from './cluster.ts';
import { colouredLine } from './coloured-line.ts';
import { forgetRunning, printStatus, rememberRunning } from './running-cluster.ts';

const LOGS_MAX = 8;

const program = new Command('cluster').description('Run the distributed profile on this machine, without Docker.');
program
  .command('start', { isDefault: true })
  .description('start it, and print the log of all processes until Ctrl-C')
  .option('--logs <count>', 'spread the streams over so many event stores', logCount, 1)
  .option('--small', 'two processes with all roles, instead of two of every role')
  .action(start);
program.command('status').description('whether each process of the cluster that runs on this machine is ready').action(printStatus);
await program.parseAsync();

function logCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > LOGS_MAX) throw new InvalidArgumentError(`It must be a number from 1 to ${LOGS_MAX}.`);
  return count;
}

async function start({ logs, small }: { readonly logs: number; readonly small?: true }): Promise<void> {
  const isColoured = process.stdout.isTTY;
  const print = (text: string) => process.stdout.write(`${text}\n`);
  const stopRequested = Promise.withResolvers<'stop'>();
  const signals = onStopSignals({ stop: () => stopRequested.resolve('stop'), stopAtOnce: () => process.exit(1) });
  const starting = startCluster({
    layout: small === true ? TWO_WITH_ALL_ROLES : TWO_OF_EVERY_ROLE,
    logs,
    isDurable: true,
    onLine: (name, line) => print(colouredLine(name, line, { isColoured })),
  });
  starting.catch(() => undefined); // it is awaited below
  {
    await using cluster = await starting;
    await rememberRunning(cluster);
    print(welcomeOf(cluster));
    await stopRequested.promise;
    print('Stopping.');
    await forgetRunning();
    await cluster.stop();
  }
  signals[Symbol.dispose]();
  print('Stopped.');
}

function welcomeOf({ site, processes, adminToken }: Cluster): string {
  const operations = processes[0]?.urls.operations ?? '';
  const api = site?.url ?? 'the addresses below (nginx is not installed)';
  const rows = processes.map(({ name, urls }) => `  ${name.padEnd(16)}${Object.values(urls).join('  ')}`);
  return [
    '',
    `The cluster is ready. Commands and queries: ${api}`,
    `Outbox: ${operations}/outbox/   The operator’s token: ${adminToken}`,
    `Command line: TIDINGS_ADMIN_TOKEN=${adminToken} npx tidings --url ${operations} projections list`,
    '',
    ...rows,
    '',
    'npm run cluster -- status looks at it from another shell; Ctrl-C stops it.',
    '',
  ].join('\n');
}
