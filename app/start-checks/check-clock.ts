/** Compares the clock with the newest events of the log at the start: a clock that is far off dates events and refuses clients wrongly. */
import { DAY_MS, MINUTE_MS, epochMs, type Instant } from '../../domain/shared/instant.ts';
import type { Metadata } from '../../domain/shared/event.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import type { Logger } from '../logger.ts';

/** As far as the clock of a client may be off. */
const BEHIND_MAX_MS = 5 * MINUTE_MS;
/** An installation may have stood still for long, so this is only a hint. */
const AHEAD_MAX_MS = 180 * DAY_MS;

type Dependencies = { readonly log: Pick<EventLog, 'logs' | 'readAll'>; readonly clock: () => Instant; readonly logger: Pick<Logger, 'warn'> };

/** An event that can't be read is not for this check to tell of. */
export async function checkClock({ log, clock, logger }: Dependencies): Promise<void> {
  for (const name of log.logs) {
    const newestAt = await newestIn(log, name).catch(() => undefined);
    if (newestAt === undefined) continue;
    const now = clock();
    const aheadMs = epochMs(now) - epochMs(newestAt);
    if (aheadMs < -BEHIND_MAX_MS)
      logger.warn('clock behind the log', { log: name, newestEventAt: newestAt, clock: now, behindSeconds: Math.round(-aheadMs / 1_000) });
    if (aheadMs > AHEAD_MAX_MS)
      logger.warn('clock far ahead of the log', { log: name, newestEventAt: newestAt, clock: now, aheadSeconds: Math.round(aheadMs / 1_000) });
  }
}

async function newestIn(log: Pick<EventLog, 'readAll'>, name: string): Promise<Instant | undefined> {
  for await (const { metadata } of log.readAll(name, { direction: 'backwards', limit: 1 })) {
    return (JSON.parse(Buffer.from(metadata).toString()) as Partial<Metadata>).at;
  }
  return undefined;
}
