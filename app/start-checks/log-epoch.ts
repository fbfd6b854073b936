/**
 * The epoch of the log. Nothing in a log that was restored from a backup tells that events are gone which clients and views know of,
 * so the operator says it, by the time of the restore. That time names the epoch: saying it again changes nothing, and a backup from
 * before an earlier restore gets an epoch of its own.
 */
import { z } from 'zod';
import { epochMs, instant, MINUTE_MS, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import { restoresStream } from '../../domain/shared/streams.ts';
import { FIRST_EPOCH, type LogEpoch } from '../../ports/event-log/port.ts';
import { CannotStart } from '../cannot-start.ts';
import { appendAfter, newestIn, type StartDependencies } from './operations-stream.ts';

const RESTORED = 'operations.log-restored.v1';
/** As far as the clock of the operator may be ahead. */
const AHEAD_MAX_MS = 5 * MINUTE_MS;

/** Of all logs together: any of them may be the one that was restored. */
export async function epochOf({ log, codec }: Pick<StartDependencies, 'log' | 'codec'>): Promise<LogEpoch> {
  const known = await Promise.all(log.logs.map((_, logNumber) => knownIn({ log, codec }, logNumber)));
  return Math.max(FIRST_EPOCH, ...known.map(({ epoch }) => epoch));
}

/** Records in every log that it was restored at this time. Does nothing where that is known, or a later restore. Throws `CannotStart`. */
export async function recordRestore(dependencies: StartDependencies, restoredAt: Instant): Promise<void> {
  const epoch = epochOfRestore(restoredAt);
  if (epochMs(restoredAt) > epochMs(dependencies.clock()) + AHEAD_MAX_MS) {
    throw new CannotStart(`The log can’t have been restored at ${restoredAt}, which is still to come. Name the time of the restore with --log-restored.`);
  }
  for (const logNumber of dependencies.log.logs.keys()) {
    for (let known = await knownIn(dependencies, logNumber); known.epoch < epoch; known = await knownIn(dependencies, logNumber)) {
      const event = { type: RESTORED, data: { epoch, at: dependencies.clock() } } as const;
      if (await appendAfter(dependencies, restoresStream('log', logNumber), { event, after: known.revision })) break;
    }
  }
}

/** Undefined where it is no date and time with seconds and zone: two restores must not have the same time. */
export function restoreTimeIn(text: string): Instant | undefined {
  const time = z.iso.datetime({ offset: true }).regex(WITH_SECONDS).safeParse(text);
  return time.success ? instant(Date.parse(time.data)) : undefined;
}

const WITH_SECONDS = /:\d\d:\d\d/;

const epochOfRestore = (restoredAt: Instant): LogEpoch => Math.floor(epochMs(restoredAt) / SECOND_MS);

export const restoredAtOf = (epoch: LogEpoch): Instant => instant(epoch * SECOND_MS);

async function knownIn(
  dependencies: Pick<StartDependencies, 'log' | 'codec'>,
  logNumber: number,
): Promise<{ readonly epoch: LogEpoch; readonly revision: number | undefined }> {
  const newest = await newestIn(dependencies, restoresStream('log', logNumber));
  return { epoch: newest?.event.type === RESTORED ? newest.event.data.epoch : FIRST_EPOCH, revision: newest?.revision };
}
