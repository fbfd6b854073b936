/** `tidings restore`: a backup, into an empty data folder that no process has open. */
import { InvalidArgumentError, type Command } from 'commander';
import { refusalOfAction } from '../../domain/operators/actions.ts';
import { LOCAL_OPERATOR } from '../../domain/operators/roles.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { sentenceOf } from '../../domain/shared/refusals.ts';
import type { CliContext } from '../context.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { rateOf } from '../rate.ts';
import { percent } from '../terminal.ts';
import { orFailure } from './or-failure.ts';

type RestoreOptions = {
  readonly to?: Instant;
  readonly erasedList?: string;
  readonly withoutErasedList?: true;
  readonly endSessions?: true;
  readonly json?: true;
};

export function addRestoreCommand(program: Command, context: CliContext): void {
  program
    .command('restore')
    .description('Restore a backup into an empty data folder, which --data names.')
    .argument('<folder>', 'where the backup is')
    .option('--to <time>', 'only what had happened by then, such as 2026-07-01T09:30:00Z', timeOption)
    .option('--erased-list <file>', 'the list of erased subjects (default: TIDINGS_ERASED_LIST, else the one in the folder)')
    .option('--without-erased-list', 'there is none any more: whoever was erased since the backup comes back')
    .option('--end-sessions', 'everybody logs in anew: sessions that ended since the backup would be good again')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
It needs --reason. Whoever was erased since the backup is erased again before anything is served. The log gets another epoch: clients
fetch again what they hold, and the views are built anew at the next start. What was interrupted goes on when it is run again.

Examples:
  $ npx tidings restore /mnt/backups/tidings --data /var/lib/tidings --reason 'the disk is lost'
  $ npx tidings restore /mnt/backups/tidings --data /var/lib/tidings --to 2026-07-01T09:30:00Z --reason 'an import gone wrong'`,
    )
    .action((folder: string, options: RestoreOptions) => restore(context, folder, options));
}

async function restore({ terminal, interrupted, reason: reasonOf, config: configOf }: CliContext, folder: string, options: RestoreOptions): Promise<void> {
  const { to, erasedList, withoutErasedList, endSessions = false, json } = options;
  const reason = reasonOf();
  const refusal = refusalOfAction('restore-backup', LOCAL_OPERATOR, reason);
  if (refusal !== undefined || reason === undefined) throw new CliFailure(EXIT.usage, sentenceOf(refusal?.code ?? 'reason-missing', refusal?.facts));
  const config = configOf();
  const rate = rateOf();
  const { restoreBackup } = await import('../../app/backup/restore-backup.ts');
  const result = await orFailure(() =>
    restoreBackup(config, {
      backup: folder,
      to,
      endSessions,
      erasedList: withoutErasedList === true ? null : (erasedList ?? config.erasedList),
      reason,
      failureReporter: (component) => (error) => terminal.say(`${component}: ${String(error)}`),
      signal: interrupted,
      onProgress: ({ next, of, records, objects }) =>
        terminal.progress(
          objects > 0 ? `media: ${objects} objects` : next > 0 ? `the log: ${percent(next / of)}${rate.left(next, of)}` : `the vault: ${records} records`,
        ),
    }),
  );
  if (json === true) return await terminal.print(JSON.stringify(result));
  const { at, next, records, media, erasedAgain } = result;
  for (const lost of media?.damaged ?? []) terminal.say(`media/${lost} isn’t in the backup as it was, and was left out.`);
  const again = erasedAgain === 0 ? '' : ` ${erasedAgain} people who were erased since are erased again.`;
  await terminal.print(
    `Restored from the backup of ${at}: the log up to position ${next}, ${records} records of the vault, ${media?.objects ?? 0} media objects.${again} Start Tidings; the views are built then.`,
  );
}

function timeOption(text: string): Instant {
  const ms = /T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new InvalidArgumentError('It must be a date and a time with a zone, such as 2026-07-01T09:30:00Z.');
  return new Date(ms).toISOString() as Instant;
}
