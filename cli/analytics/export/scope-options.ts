/** The options by which an export says what is to be in it. */
import { InvalidArgumentError, type Command } from 'commander';
import { instant, type Instant } from '../../../domain/shared/instant.ts';
import type { ControlClient } from '../../control-client.ts';
import { eventTypes, positiveNumber } from '../../options.ts';
import { pseudonymsOf } from './pseudonyms.ts';
import type { ExportScope } from './read-export.ts';

/** `pseudonyms`: the name of their key. */
export type ScopeOptions = Omit<ExportScope, 'share' | 'pseudonyms'> & { readonly share?: number; readonly pseudonyms?: string };

/** In percent, beside a process that serves others. More is felt: to collect what reading leaves behind takes time of its own. */
const SHARE_BESIDE_OTHERS = 10;
const SHARE_ALONE = 100;

export const withScope = (command: Command): Command =>
  command
    .option('--log <name>', 'only this log, if there are several')
    .option('--types <type...>', 'only these types; chat.* means all types of chat', eventTypes)
    .option('--streams <stream...>', 'only these streams; messages-* means all of a category')
    .option('--from <time>', 'not what happened before: 2026-11-29, or 2026-11-29T08:00:00Z', momentOption)
    .option('--to <time>', 'only what happened before', momentOption)
    .option('--share <percent>', `how much of the process’s time it may take (default: ${SHARE_BESIDE_OTHERS}; all where none runs)`, percentOption);

export async function scopeOf(
  { log, types, streams, from, to, reveal, share, pseudonyms }: ScopeOptions,
  { folder }: Pick<ControlClient, 'folder'>,
): Promise<ExportScope> {
  return {
    share: share ?? (folder?.isOpenedHere === true ? SHARE_ALONE : SHARE_BESIDE_OTHERS),
    ...(log === undefined ? {} : { log }),
    ...(types === undefined ? {} : { types }),
    ...(streams === undefined ? {} : { streams }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(reveal === undefined ? {} : { reveal }),
    ...(pseudonyms === undefined ? {} : { pseudonyms: await pseudonymsOf(pseudonyms) }),
  };
}

const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/** A day is its beginning in UTC; a time has a zone, for it would be another moment in each. */
export function momentOption(text: string): Instant {
  const ms = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new InvalidArgumentError('It must be a day such as 2026-11-29, or a time with its zone such as 2026-11-29T08:00:00Z.');
  return instant(ms);
}

function percentOption(text: string): number {
  const percent = positiveNumber(text);
  if (percent > 100) throw new InvalidArgumentError('It must be from 1 to 100.');
  return percent;
}
