/** What waits in each queue, how fast it is worked off, and when it will be done at that rate. */
import { ask } from '../app/call.ts';
import type { QueueLine } from '../app/lines.ts';
import { useLive } from '../app/live.ts';
import { addSample, samples } from '../overview/history.ts';
import { Chart } from '../parts/chart.tsx';
import { durationText, numberText } from '../parts/format.ts';
import { Page } from '../parts/page.tsx';
import { Badge, Loaded, ReadAt } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { t } from '../text/text.ts';

const RATE_OVER_MS = 2_000;
const SECOND_MS = 1_000;

export function QueuesPage() {
  const queues = useLive(async (signal) => {
    const lines = await ask('list-queues', { overMs: RATE_OVER_MS }, { signal });
    const sum = (of: (line: QueueLine) => number) => lines.reduce((total, line) => total + of(line), 0);
    addSample({ waiting: sum(({ waiting }) => waiting), perSecond: sum(({ perSecond }) => perSecond ?? 0) });
    return lines;
  });
  const times = samples.value.map(({ at }) => at);
  return (
    <Page title={t('place.queues')} end={<ReadAt of={queues} />}>
      <div class="charts">
        <Chart title={t('overview.waitingChart')} times={times} series={[{ label: t('overview.jobs'), values: samples.value.map(({ waiting }) => waiting) }]} />
        <Chart
          title={t('queues.rateChart')}
          times={times}
          series={[{ label: t('queues.perSecond'), values: samples.value.map(({ perSecond }) => perSecond) }]}
        />
      </div>
      <Loaded of={queues}>{(rows) => <QueueTable rows={rows} />}</Loaded>
    </Page>
  );
}

const QueueTable = ({ rows }: { readonly rows: readonly QueueLine[] }) => (
  <Table<QueueLine>
    label={t('place.queues')}
    rows={rows}
    keyOf={({ queue }) => queue}
    empty={t('queues.none')}
    columns={[
      { title: t('queues.queue'), cell: ({ queue }) => <code>{queue}</code> },
      { title: t('queues.waiting'), isNumber: true, cell: ({ waiting }) => numberText(waiting) },
      { title: t('queues.delayed'), isNumber: true, cell: ({ delayed }) => numberText(delayed) },
      { title: t('queues.active'), isNumber: true, cell: ({ active }) => numberText(active) },
      { title: t('queues.oldest'), isNumber: true, cell: ({ waiting, oldestAgeMs }) => (waiting === 0 ? '' : durationText(oldestAgeMs / SECOND_MS)) },
      { title: t('queues.perSecond'), isNumber: true, cell: ({ perSecond }) => (perSecond === null ? t('app.unknownValue') : numberText(perSecond, 1)) },
      { title: t('queues.drain'), cell: (row) => <Drain of={row} /> },
    ]}
  />
);

function Drain({ of: { waiting, drainSeconds } }: { readonly of: QueueLine }) {
  if (waiting === 0) return <>{t('queues.empty')}</>;
  return drainSeconds === null ? <Badge is="bad">{t('queues.never')}</Badge> : <>{durationText(drainSeconds)}</>;
}
