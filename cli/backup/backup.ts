/** `tidings backup`: of an embedded system, into a folder. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ResponseLines } from '../../app/control/protocol.ts';
import type { CliContext } from '../context.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { positiveNumber } from '../options.ts';
import { rateOf } from '../rate.ts';
import { percent } from '../terminal.ts';
import { orFailure } from './or-failure.ts';

const MEBIBYTE = 1_048_576;

type BackupOptions = { readonly verify?: true; readonly erasedList?: string; readonly megabytesPerSecond?: number; readonly json?: true };

export function addBackupCommand(program: Command, context: CliContext): void {
  program
    .command('backup')
    .description('Make a backup of an embedded system while it runs, or add what is new to one.')
    .argument('<folder>', 'where the backup is, or is to be')
    .option('--verify', 'read the whole backup instead, and name what isn’t as it was written')
    .option('--erased-list <file>', 'the list of erased subjects (default: TIDINGS_ERASED_LIST, else the one in the folder)')
    .option('--megabytes-per-second <count>', 'as fast at most (default: 8)', positiveNumber)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
The log is copied first and the vault last, so that they belong together. What was interrupted goes on when it is run again. A backup
has every key and password hash: keep it as you keep the data folder, and the list of erased subjects longer than any backup.

Examples:
  $ npx tidings backup /mnt/backups/tidings
  $ npx tidings backup /mnt/backups/tidings --verify`,
    )
    .action((folder: string, options: BackupOptions) => (options.verify === true ? verify(context, folder, options) : backUp(context, folder, options)));
}

async function backUp({ connect, terminal }: CliContext, folder: string, { erasedList, megabytesPerSecond, json }: BackupOptions): Promise<void> {
  await using reached = await connect();
  const rate = rateOf();
  const request = {
    folder: resolve(folder),
    ...(erasedList !== undefined && { erasedList: resolve(erasedList) }),
    ...(megabytesPerSecond !== undefined && { bytesPerSecondMax: megabytesPerSecond * MEBIBYTE }),
  };
  for await (const { is, ...line } of reached.call('back-up', request)) {
    if ('head' in line) terminal.progress(describeProgress(line, rate));
    else if (is === 'result') await terminal.print(json === true ? JSON.stringify(line) : describeBackup(line, folder));
  }
}

type Progress = Extract<ResponseLines['back-up'], { is: 'progress' }>;
type Result = Extract<ResponseLines['back-up'], { is: 'result' }>;

function describeProgress({ next, head, bytes, objects, records }: Omit<Progress, 'is'>, rate: ReturnType<typeof rateOf>): string {
  if (records > 0) return `the vault: ${records} records copied`;
  if (objects > 0) return `media: ${objects} objects looked at`;
  return `the log: ${percent(head === 0 ? 1 : next / head)} copied, ${rate.of(bytes, 'MB')}${rate.left(next, head)}`;
}

function describeBackup({ events, bytes, next, records, objects, erasedAdded }: Omit<Result, 'is'>, folder: string): string {
  const media = objects === null ? 'media is in a bucket, and not in the backup' : `${objects} media objects`;
  const erased = erasedAdded === 0 ? '' : ` ${erasedAdded} erased subjects were added to the list.`;
  return `${folder}: ${events} events added (${(bytes / MEBIBYTE).toFixed(1)} MB), the log up to position ${next}; ${records} records of the vault; ${media}.${erased}`;
}

async function verify({ terminal, interrupted }: CliContext, folder: string, { json }: BackupOptions): Promise<void> {
  const { verifyBackup } = await import('../../app/backup/verify-backup.ts');
  const verified = await orFailure(() =>
    verifyBackup(folder, {
      signal: interrupted,
      onProgress: ({ next, of, objects }) =>
        terminal.progress(objects > 0 ? `media: ${objects} objects read` : `the log: ${percent(of === 0 ? 1 : next / of)} read`),
    }),
  );
  const { at, events, records, objects, damage } = verified;
  if (json === true) await terminal.print(JSON.stringify(verified));
  else for (const sentence of damage) await terminal.print(sentence);
  if (damage.length > 0) throw new CliFailure(EXIT.failed, 'The backup is damaged: make another one, in an empty folder.');
  const media = objects === null ? '' : `, ${objects} media objects`;
  if (json !== true) await terminal.print(`The backup of ${at}: ${events} events, ${records} records of the vault${media}, all whole.`);
}
