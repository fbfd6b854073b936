/** `npm run chaos`: faults for as many minutes as one likes, with the seed that one names or another each time. */
import { appendFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import type { LogLine } from '../start-for-test.ts';
import { onStopSignals } from '../../app/stop-signals.ts';
import { runChaos } from './run-chaos.ts';

const MINUTES = 10;
const SERVER_AWAY_MAX_MS = 20_000;
const PROCESS_AWAY_MAX_MS = 5_000;

const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
};
const positive = (text: string): number => {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number above 0.');
  return number;
};

const program = new Command('chaos')
  .description(
    'Run a load on a cluster of the distributed profile while its processes and servers are killed, stopped, hung and flushed; then check all that was acknowledged.',
  )
  .option('--minutes <number>', 'how long the faults go on', positive, MINUTES)
  .option('--seed <number>', 'which faults and which load; the same seed gives the same', wholeNumber, Math.trunc(Date.now() / 1_000))
  .option('--people <number>', 'how many people the load has', wholeNumber, 8)
  .option('--logs <number>', 'how many logs there are', wholeNumber, 1)
  .option('--server-away-max-ms <ms>', 'the longest that a server is gone or hangs', wholeNumber, SERVER_AWAY_MAX_MS)
  .option('--process-away-max-ms <ms>', 'the longest that a process is gone or hangs', wholeNumber, PROCESS_AWAY_MAX_MS)
  .option('--log <file>', 'append the log lines of all processes to this file')
  .action(run);
await program.parseAsync();

type Options = {
  readonly minutes: number;
  readonly seed: number;
  readonly people: number;
  readonly logs: number;
  readonly serverAwayMaxMs: number;
  readonly processAwayMaxMs: number;
  readonly log?: string;
};

async function run({ minutes, seed, people, logs, serverAwayMaxMs, processAwayMaxMs, log }: Options): Promise<void> {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const lengths = `--server-away-max-ms ${serverAwayMaxMs} --process-away-max-ms ${processAwayMaxMs}`;
  print(`seed ${seed}; the same again: npm run chaos -- --minutes ${minutes} --seed ${seed} --people ${people} --logs ${logs} ${lengths}`);
  const stop = new AbortController();
  const signals = onStopSignals({ stop: () => stop.abort(new Error('Stopped.')), stopAtOnce: () => process.exit(1) });
  const onLogLine = log === undefined ? undefined : (name: string, line: LogLine) => appendFileSync(log, `${JSON.stringify({ process: name, ...line })}\n`);
  try {
    const config = { seed, forMs: minutes * MINUTE_MS, people, logs, serverAwayMaxMs, processAwayMaxMs, signal: stop.signal, onLine: print };
    const { faults, commands } = await runChaos({ ...config, ...(onLogLine === undefined ? {} : { onLogLine }) });
    for (const fault of faults) print(`FAULT ${fault}`);
    print(faults.length === 0 ? `Nothing is missing and nothing is there twice: ${commands.acknowledged} commands.` : `${faults.length} faults; seed ${seed}.`);
    process.exitCode = faults.length === 0 ? 0 : 1;
  } catch (error) {
    print(`${String(error)} Seed ${seed}.`);
    process.exit(1);
  } finally {
    signals[Symbol.dispose]();
  }
}
