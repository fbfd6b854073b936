import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { ScheduleId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { startSqliteViews } from '../../../ports/views/sqlite.ts';
import { foldedDocuments, inStreamOrder } from '../../test-fixture.ts';
import { at } from '../../testing/history.ts';
import { schedules as history } from '../../testing/schedule-history.ts';
import { dueScheduleIn, endOfDueSchedules, schedules } from './schedules.ts';

test('a schedule shows what comes next and what became of its occurrences, and none of its words', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-schedules-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await using views = await startSqliteViews(join(folder, 'views.sqlite'));
  const { schedules: documents, 'schedule-occurrences': occurrences } = await foldedDocuments(views, schedules, [inStreamOrder(history)]);
  t.like(documents?.['daily'], {
    app: 'shop',
    status: 'active',
    recipientCount: 1,
    next: { local: '2030-01-05T09:00:00', at: '2030-01-05T08:00:00.000Z' },
    due: '2030-01-05T08:00:00.000Z daily',
    requested: 1,
    skipped: 2,
    createdAt: at,
  });
  t.like(documents?.['ended'], { status: 'cancelled', recipientCount: null, next: null, due: null, requested: 1 });
  t.deepEqual(occurrences, {
    'daily:2030-01-04T09:00:00': {
      schedule: 'daily',
      local: '2030-01-04T09:00:00',
      at: '2030-01-04T08:00:00.000Z',
      notification: 'o1',
      refused: 'app-disabled',
    },
    'ended:2030-01-02T09:00:00': { schedule: 'ended', local: '2030-01-02T09:00:00', at: '2030-01-02T08:00:00.000Z', notification: 'o2', refused: null },
  });
  t.notRegex(JSON.stringify(documents), /Cyd/);
});

test('the text of what is due names the schedule and its moment, and sorts by it', (t) => {
  const dueAt = '2030-01-05T08:00:00.000Z' as Instant;
  t.deepEqual(dueScheduleIn(`${dueAt} daily`), { schedule: 'daily' as ScheduleId, dueAt });
  t.true(`${dueAt} daily` < endOfDueSchedules(dueAt));
  t.true('2030-01-05T08:00:00.001Z daily' > endOfDueSchedules(dueAt));
});
