/** How the installation is: its processes, what lags and what waits, and where people are connected. */
import { ask } from '../app/call.ts';
import { OPERATOR_ROOT } from '../app/addresses.ts';
import type { GatewayLine, ProcessLine } from '../app/lines.ts';
import { useLive } from '../app/live.ts';
import { may } from '../app/session.ts';
import { Chart } from '../parts/chart.tsx';
import { durationText, megabytesText, numberText, percentText } from '../parts/format.ts';
import { Page } from '../parts/page.tsx';
import { Badge, Loaded, ReadAt } from '../parts/states.tsx';
import { Facts, Table } from '../parts/table.tsx';
import { t } from '../text/text.ts';
import { Time } from '../../parts/time.tsx';
import { addSample, samples } from './history.ts';
import { knownProcesses, type KnownProcess } from './known-processes.ts';

const RATE_OVER_MS = 2_000;
const CASES_MAX = 1_000;

export function OverviewPage() {
  const processes = useLive(async (signal) => knownProcesses(await ask('list-processes', {}, { signal })));
  const gateways = useLive((signal) => ask('list-gateways', {}, { signal }));
  const work = useLive(readWork);
  return (
    <Page title={t('place.overview')} end={<ReadAt of={work} />}>
      <Loaded of={work}>
        {({ waiting, lagSeconds, deadLetters, failing, cases }) => (
          <Facts
            isLarge
            of={[
              [t('overview.lag'), lagSeconds === null ? t('app.unknownValue') : durationText(lagSeconds)],
              [t('overview.waiting'), numberText(waiting)],
              [t('overview.failing'), <Count of={failing} to="projections" />],
              [t('overview.deadLetters'), <Count of={deadLetters} to="projections" />],
              ...(cases === null ? [] : [[t('overview.cases'), <Count of={cases} to="moderation" />] as const]),
            ]}
          />
        )}
      </Loaded>
      <div class="charts">
        <Chart title={t('overview.lagChart')} {...seriesOf('lagSeconds', t('overview.seconds'))} />
        <Chart title={t('overview.waitingChart')} {...seriesOf('waiting', t('overview.jobs'))} />
      </div>
      <h2>{t('overview.processes')}</h2>
      <Loaded of={processes}>{(rows) => <ProcessTable rows={rows} />}</Loaded>
      <h2>{t('overview.gateways')}</h2>
      <Loaded of={gateways}>{(rows) => <GatewayTable rows={rows} />}</Loaded>
    </Page>
  );
}

const seriesOf = (field: 'lagSeconds' | 'waiting', label: string) => ({
  times: samples.value.map(({ at }) => at),
  series: [{ label, values: samples.value.map((sample) => sample[field]) }],
});

const Count = ({ of, to }: { readonly of: number; readonly to: string }) =>
  of === 0 ? <>{numberText(0)}</> : <a href={`${OPERATOR_ROOT}/${to}`}>{numberText(of)}</a>;

async function readWork(signal: AbortSignal) {
  const [projections, queues, cases] = await Promise.all([
    ask('list-projections', {}, { signal }),
    ask('list-queues', { overMs: RATE_OVER_MS }, { signal }),
    may('list-cases') ? ask('list-cases', { status: 'open', limit: CASES_MAX }, { signal }) : null,
  ]);
  const lags = projections.filter(({ active }) => active).map(({ lagSeconds }) => lagSeconds);
  const lagSeconds = lags.includes(null) ? null : Math.max(0, ...lags.map((lag) => lag ?? 0));
  const waiting = queues.reduce((sum, queue) => sum + queue.waiting, 0);
  const deadLetters = projections.reduce((sum, { deadLetters: letters }) => sum + letters, 0);
  addSample({ waiting, deadLetters, ...(lagSeconds === null ? {} : { lagSeconds }) });
  return { waiting, lagSeconds, deadLetters, failing: projections.filter(({ error }) => error !== null).length, cases: cases?.length ?? null };
}

const ProcessTable = ({ rows }: { readonly rows: readonly KnownProcess[] }) => (
  <Table<KnownProcess>
    label={t('overview.processes')}
    rows={rows}
    keyOf={({ process }) => process}
    empty={t('overview.noProcesses')}
    columns={[
      {
        title: t('overview.host'),
        cell: ({ host, pid, asked }) => (
          <>
            {`${host} · ${pid}`}
            {asked && (
              <>
                {' '}
                <Badge is="plain">{t('overview.thisOne')}</Badge>
              </>
            )}
          </>
        ),
      },
      { title: t('overview.health'), cell: (process) => <Health of={process} /> },
      { title: t('overview.roles'), cell: ({ roles }) => <code class="wrap">{roles.join(', ')}</code> },
      { title: t('overview.version'), cell: ({ version }) => version },
      { title: t('overview.started'), cell: ({ startedAt }) => <Time at={startedAt} /> },
      { title: t('overview.memory'), isNumber: true, cell: ({ memoryBytes }) => megabytesText(memoryBytes) },
    ]}
  />
);

function Health({ of: { checks, isSilent } }: { readonly of: KnownProcess }) {
  if (isSilent) return <Badge is="bad">{t('overview.silent')}</Badge>;
  const wrong = checks.filter(({ status }) => status !== 'ok');
  if (wrong.length === 0) return <Badge is="good">{t('overview.healthy')}</Badge>;
  return (
    <>
      {wrong.map(({ name, status, reason }: ProcessLine['checks'][number]) => (
        <span key={name} title={reason}>
          <Badge is="bad">{`${name}: ${status}`}</Badge> {reason}
        </span>
      ))}
    </>
  );
}

const GatewayTable = ({ rows }: { readonly rows: readonly GatewayLine[] }) => (
  <Table<GatewayLine>
    label={t('overview.gateways')}
    rows={rows}
    keyOf={({ id }) => id}
    empty={t('overview.noGateways')}
    columns={[
      { title: t('overview.address'), cell: ({ url }) => <code>{url}</code> },
      { title: t('overview.region'), cell: ({ region }) => region },
      { title: t('overview.connections'), isNumber: true, cell: ({ connections }) => numberText(connections) },
      { title: t('overview.used'), isNumber: true, cell: ({ connections, capacity }) => percentText(connections / Math.max(1, capacity)) },
      {
        title: t('overview.state'),
        cell: ({ draining }) => (draining ? <Badge is="bad">{t('overview.draining')}</Badge> : <Badge is="good">{t('overview.open')}</Badge>),
      },
    ]}
  />
);
