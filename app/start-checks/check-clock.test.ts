import test from 'ava';
import { DAY_MS, HOUR_MS, instant, MINUTE_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import type { EventLog, StoredEvent } from '../../ports/event-log/port.ts';
import { checkClock } from './check-clock.ts';

const NEWEST = instant(Date.UTC(2030, 0, 1));

async function warningsAt(now: Instant, metadata: string | undefined = JSON.stringify({ at: NEWEST })): Promise<readonly unknown[]> {
  const warnings: unknown[] = [];
  const log = {
    logs: ['main'],
    readAll: async function* () {
      if (metadata !== undefined) yield { metadata: Buffer.from(metadata) } as unknown as StoredEvent;
    },
  } as Pick<EventLog, 'logs' | 'readAll'>;
  await checkClock({ log, clock: () => now, logger: { warn: (message, fields) => void warnings.push([message, fields]) } });
  return warnings;
}

test('warns of a clock that is behind the newest event, or very far ahead of it, and says by how much', async (t) => {
  t.deepEqual(await warningsAt(plus(NEWEST, -HOUR_MS)), [
    ['clock behind the log', { log: 'main', newestEventAt: NEWEST, clock: plus(NEWEST, -HOUR_MS), behindSeconds: 3_600 }],
  ]);
  t.like(await warningsAt(plus(NEWEST, 365 * DAY_MS)), [['clock far ahead of the log']]);
});

test('says nothing of a clock that may be right, of an empty log, or of an event that can’t be read', async (t) => {
  for (const ms of [-MINUTE_MS, 0, HOUR_MS, 90 * DAY_MS]) t.deepEqual(await warningsAt(plus(NEWEST, ms)), []);
  t.deepEqual(await warningsAt(NEWEST, ''), []);
  t.deepEqual(await warningsAt(plus(NEWEST, -HOUR_MS), '{}'), []);
});
