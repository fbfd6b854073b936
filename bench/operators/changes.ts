/** What workers outside are told in a second: everything that changed while they were away. */
import type { Report } from '../distributed/report.ts';
import { openClient } from '../feed/api/requests.ts';
import { secondsSince } from '../shared/statistics.ts';
import { signRequest, type AppCredentials } from '../../tests/client/sign-request.ts';

const PAGE = 1_000;
const SUBSCRIBERS = 8;

type Subscriber = {
  readonly readUrl: string;
  readonly worker: AppCredentials;
  readonly after?: string;
  readonly of?: number;
  readonly part?: number;
};

/** `cursor`: of before everything that is told. */
type Told = { readonly readUrl: string; readonly worker: AppCredentials; readonly cursor: string; readonly bareEventsPerSecond: number };

export async function benchChanges({ readUrl, worker, cursor, bareEventsPerSecond }: Told, report: Report): Promise<void> {
  const subscriber = { readUrl, worker, after: cursor };
  const one = await timed(() => pagesOf(subscriber));
  report.figure({
    name: 'changes to one subscriber, documents with their texts',
    value: one.perSecond,
    unit: 'changes/s',
    peer: { name: 'events of the log, read bare', value: bareEventsPerSecond },
  });
  const eight = await timed(async () => {
    const parts = await Promise.all(Array.from({ length: SUBSCRIBERS }, (_, part) => pagesOf({ ...subscriber, of: SUBSCRIBERS, part })));
    return { changes: parts.reduce((sum, { changes }) => sum + changes, 0) };
  });
  const share = `changes to ${SUBSCRIBERS} subscribers who share them`;
  report.figure({ name: share, value: eight.perSecond, unit: 'changes/s', peer: { name: 'to one', value: one.perSecond } });
  if (eight.changes !== one.changes) throw new Error(`${SUBSCRIBERS} were told ${eight.changes} changes, one ${one.changes}.`);
}

async function timed(told: () => Promise<{ readonly changes: number }>): Promise<{ readonly changes: number; readonly perSecond: number }> {
  const startedAt = performance.now();
  const { changes } = await told();
  return { changes, perSecond: changes / secondsSince(startedAt) };
}

/** All pages, until there is nothing more. */
export async function pagesOf({ readUrl, worker, after, of = 1, part = 0 }: Subscriber): Promise<{ readonly changes: number; readonly cursor: string }> {
  using client = openClient(1);
  let cursor = after;
  for (let changes = 0; ;) {
    const place = cursor === undefined ? '' : `&after=${encodeURIComponent(cursor)}`;
    const path = `/v1/projections/messages/changes?collection=messages&limit=${PAGE}&of=${of}&part=${part}${place}`;
    const { body } = await client.call('GET', readUrl + path, { headers: signRequest(worker, 'GET', path) });
    const page = JSON.parse(body) as { readonly changes: readonly unknown[]; readonly cursor: string; readonly caughtUp: boolean };
    changes += page.changes.length;
    cursor = page.cursor;
    if (page.caughtUp) return { changes, cursor };
  }
}
