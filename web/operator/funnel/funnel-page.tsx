/** What became of notifications: how many were asked for, and how far their deliveries came. */
import { useSignal } from '@preact/signals';
import { ask } from '../app/call.ts';
import type { FunnelLine, Json } from '../app/lines.ts';
import { useLive } from '../app/live.ts';
import { Chart } from '../parts/chart.tsx';
import { numberText, percentText } from '../parts/format.ts';
import { Page } from '../parts/page.tsx';
import { Loaded, ReadAt } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { t } from '../text/text.ts';

const REFRESH_MS = 30_000;
const DAY_MS = 86_400_000;
const DAYS = [7, 30, 90] as const;
const DIMENSIONS = ['source', 'category', 'channel', 'template'] as const;
type Dimension = (typeof DIMENSIONS)[number];
const STAGES = ['requested', 'planned', 'sent', 'delivered', 'opened', 'clicked'] as const;
const ENDS = ['suppressed', 'failed', 'undelivered', 'expired', 'cancelled', 'inProgress'] as const;
const REASONS_SHOWN = 8;
const APPS_MAX = 1_000;

export function FunnelPage() {
  const days = useSignal<number>(DAYS[0]);
  const by = useSignal<Dimension>('source');
  const until = new Date().toISOString().slice(0, 10);
  const from = new Date(Date.now() - (days.value - 1) * DAY_MS).toISOString().slice(0, 10);
  const asked = (of: readonly string[]): { readonly [field: string]: Json } => ({ from, until, by: of });
  const funnel = useLive(
    async (signal) => {
      const [byDay, rows, apps] = await Promise.all([
        ask('show-funnel', asked(['day']), { signal }),
        ask('show-funnel', asked([by.value]), { signal }),
        ask('list-apps', { limit: APPS_MAX }, { signal }),
      ]);
      return { byDay, rows, by: by.value, names: new Map(apps.map(({ app, name }) => [`app:${app}`, name])) };
    },
    { everyMs: REFRESH_MS, of: `${days.value} ${by.value}` },
  );
  return (
    <Page title={t('place.funnel')} end={<ReadAt of={funnel} />}>
      <div class="search">
        <label class="field">
          <span>{t('funnel.days')}</span>
          <select value={days.value} onChange={({ currentTarget }) => (days.value = Number(currentTarget.value))}>
            {DAYS.map((count) => (
              <option value={count} key={count}>
                {t('funnel.lastDays', { count })}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{t('funnel.by')}</span>
          <select value={by.value} onChange={({ currentTarget }) => (by.value = currentTarget.value as Dimension)}>
            {DIMENSIONS.map((dimension) => (
              <option value={dimension} key={dimension}>
                {t(`funnel.${dimension}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Loaded of={funnel}>
        {({ byDay, rows, by: dimension, names }) => (
          <>
            <DaysChart rows={byDay} from={from} days={days.value} />
            <FunnelTable rows={rows} by={dimension} names={names} />
            <Reasons rows={rows} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** A day on which nothing was is a day with nothing. */
function DaysChart({ rows, from, days }: { readonly rows: readonly FunnelLine[]; readonly from: string; readonly days: number }) {
  const times = Array.from({ length: days }, (_, n) => Date.parse(`${from}T00:00:00Z`) + n * DAY_MS);
  const found = new Map(rows.map((row) => [row.day ?? '', row]));
  const valuesOf = (count: 'planned' | 'delivered' | 'sent' | 'failed') => times.map((at) => found.get(new Date(at).toISOString().slice(0, 10))?.[count] ?? 0);
  const shown = (['planned', 'sent', 'delivered', 'failed'] as const).map((count) => ({ label: t(`funnel.${count}`), values: valuesOf(count) }));
  return (
    <div class="charts">
      <Chart title={t('funnel.chart')} times={times} series={shown} isByDay />
    </div>
  );
}

type FunnelTableProps = {
  readonly rows: readonly FunnelLine[];
  readonly by: Dimension;
  /** Of apps, by their source. */ readonly names: ReadonlyMap<string, string>;
};

const FunnelTable = ({ rows, by, names }: FunnelTableProps) => (
  <Table<FunnelLine>
    label={t('place.funnel')}
    rows={rows}
    keyOf={(row) => String(row[by])}
    empty={t('funnel.none')}
    columns={[
      { title: t(`funnel.${by}`), cell: (row) => <KeyOf value={row[by] ?? null} names={names} /> },
      ...STAGES.map((stage) => ({ title: t(`funnel.${stage}`), isNumber: true, cell: (row: FunnelLine) => numberText(row[stage]) })),
      { title: t('funnel.rate'), isNumber: true, cell: ({ sent, delivered }) => (sent === 0 ? '' : percentText(delivered / sent)) },
      ...ENDS.map((end) => ({ title: t(`funnel.${end}`), isNumber: true, cell: (row: FunnelLine) => numberText(row[end]) })),
    ]}
  />
);

function KeyOf({ value, names }: { readonly value: string | null; readonly names: FunnelTableProps['names'] }) {
  const name = value === null ? undefined : names.get(value);
  return name === undefined ? <code>{value ?? '–'}</code> : <bdi title={value ?? ''}>{name}</bdi>;
}

type Reason = FunnelLine['reasons'][number];

function Reasons({ rows }: { readonly rows: readonly FunnelLine[] }) {
  const sums = new Map<string, Reason>();
  for (const reason of rows.flatMap(({ reasons }) => reasons)) {
    const key = `${reason.end} ${reason.reason}`;
    sums.set(key, { ...reason, deliveries: (sums.get(key)?.deliveries ?? 0) + reason.deliveries });
  }
  const most = [...sums.values()].toSorted((one, other) => other.deliveries - one.deliveries).slice(0, REASONS_SHOWN);
  if (most.length === 0) return null;
  return (
    <>
      <h2>{t('funnel.reasons')}</h2>
      <Table<Reason>
        label={t('funnel.reasons')}
        rows={most}
        keyOf={({ end, reason }) => `${end} ${reason}`}
        empty={t('funnel.none')}
        columns={[
          { title: t('funnel.end'), cell: ({ end }) => <code>{end}</code> },
          { title: t('funnel.reason'), cell: ({ reason }) => <code>{reason}</code> },
          { title: t('funnel.deliveries'), isNumber: true, cell: ({ deliveries }) => numberText(deliveries) },
        ]}
      />
    </>
  );
}
