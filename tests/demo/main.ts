/** `npm run demo`: a harbour town of sixty people in a Tidings, to look at. */
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { configFrom } from '../../app/config/config.ts';
import { ConfigFaults } from '../../app/config/read-settings.ts';
import { onStopSignals } from '../../app/stop-signals.ts';
import { CliFailure } from '../../cli/failure.ts';
import { CAST, MAIN_LOGINS } from './world/cast.ts';
import { DEMO_PASSWORD } from './fill-people.ts';
import { fillWorld, lookAt, sizeOf } from './fill.ts';
import { FillingFailed } from './filling.ts';
import { createProgress } from './progress.ts';
import { joinOrStart } from './running.ts';
import { drawWorld, type World } from './world/world.ts';

const SEED = 1;

const { data, seed, address, besideOthers, stop } = new Command('demo')
  .description(
    'Fill a Tidings with a believable little world: sixty people of a harbour town, their friendships, months of posts with pictures, groups, chats and notifications. ' +
      'If one runs on the data folder, it is filled; if none does, one is started there and runs until Ctrl-C. ' +
      'Everybody in it has the password that is printed, so do not fill a Tidings that strangers reach.',
  )
  .option('--data <folder>', 'the data folder (default: TIDINGS_DATA, else ./data)')
  .option('--seed <number>', 'another world for another number', wholeNumber, SEED)
  .option('--address <url>', 'where its pages are, if the settings don’t tell')
  .option('--beside-others', 'also if people live there already')
  .option('--stop', 'stop the Tidings that was started once it is filled')
  .parse()
  .opts<{ data?: string; seed: number; address?: string; besideOthers?: true; stop?: true }>();

const interrupted = new AbortController();
const stopRequested = Promise.withResolvers<void>();
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const signals = onStopSignals({
  stop: () => {
    interrupted.abort();
    stopRequested.resolve();
  },
  stopAtOnce: () => process.exit(1),
});
try {
  await run();
} catch (error) {
  if (interrupted.signal.aborted) process.exitCode = 1;
  else if (error instanceof ConfigFaults) fail(error.faults.join('\n'));
  else if (error instanceof CliFailure || error instanceof FillingFailed) fail(error.message);
  else throw error;
} finally {
  signals[Symbol.dispose]();
}
// What was under way when something failed would be tried again for a while.
if (process.exitCode !== undefined) process.exit();

async function run(): Promise<void> {
  const config = configFrom({ ...process.env, TIDINGS_PROFILE: 'embedded', ...(data !== undefined && { TIDINGS_DATA: data }) });
  await using running = await joinOrStart(config, { address, signal: interrupted.signal });
  const { target, ops, ended } = running;
  const world = drawWorld(seed);
  const found = await lookAt(target, world);
  if (found === 'others' && besideOthers !== true) {
    return fail('People live there already who are not of the demo. Name another folder with --data, or say --beside-others.');
  }
  const startedMs = performance.now();
  if (found !== 'filled') {
    const progress = createProgress(sizeOf(world), process.stderr);
    await fillWorld(target, world, { nowMs: Date.now(), progress });
  }
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  print(found === 'filled' ? 'The demo is there already; nothing was added.' : `Filled in ${seconds} s: ${countsOf(world)}.`);
  const token = config.adminToken === undefined ? `the token in ${join(config.dataFolder, 'admin-token')}` : 'the admin token that you have set';
  print(welcome(target.front, `Operators log in at ${ops}/operator/ with ${token}.`));
  if (ended === undefined || stop === true) return;
  print('Ctrl-C stops.');
  await Promise.race([stopRequested.promise, ended]);
}

function countsOf({ cast, friends, posts, reactions, channels }: World): string {
  const messages = channels.reduce((sum, channel) => sum + channel.messages.length, 0);
  return `${cast.length} people, ${friends.length} friendships, ${posts.length} posts, ${reactions.length} reactions, ${channels.length} channels, ${messages} messages`;
}

function welcome(front: string, operators: string): string {
  const rows = MAIN_LOGINS.map((login) => `  ${login.padEnd(8)}${CAST.find(({ loginName }) => loginName === login)?.name ?? ''}`);
  return ['', `Open ${front}/ and log in as one of these, with the password “${DEMO_PASSWORD}”:`, '', ...rows, '', operators, ''].join('\n');
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('It must be a whole number.');
  return number;
}
