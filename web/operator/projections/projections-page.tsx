/** Projections with their lag, what waits behind events that can't be applied, and rebuilding. */
import { ask } from '../app/call.ts';
import type { DeadLetterLine, ProjectionLine } from '../app/lines.ts';
import { useLive } from '../app/live.ts';
import { addSample, samples } from '../overview/history.ts';
import { Action } from '../parts/action.tsx';
import { Chart } from '../parts/chart.tsx';
import { durationText, numberText, percentText } from '../parts/format.ts';
import { Page } from '../parts/page.tsx';
import { Badge, Loaded, ReadAt } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { t } from '../text/text.ts';
import { DeadLetters } from './dead-letters.tsx';
import { beginRebuild, dismissRebuild, rebuilds } from './rebuilds.ts';

export function ProjectionsPage() {
  const projections = useLive(async (signal) => {
    const lines = await ask('list-projections', {}, { signal });
    const lags = lines.filter(({ active }) => active).flatMap(({ lagSeconds }) => lagSeconds ?? []);
    addSample({ lagSeconds: Math.max(0, ...lags), deadLetters: lines.reduce((sum, { deadLetters }) => sum + deadLetters, 0) });
    return lines;
  });
  const letters = useLive<readonly DeadLetterLine[]>((signal) => ask('list-dead-letters', {}, { signal }));
  return (
    <Page title={t('place.projections')} end={<ReadAt of={projections} />}>
      <div class="charts">
        <Chart
          title={t('overview.lagChart')}
          times={samples.value.map(({ at }) => at)}
          series={[{ label: t('overview.seconds'), values: samples.value.map(({ lagSeconds }) => lagSeconds) }]}
        />
      </div>
      <h2>{t('projections.deadLetters')}</h2>
      <Loaded of={letters}>{(rows) => <DeadLetters rows={rows} onResolved={() => void Promise.all([letters.refresh(), projections.refresh()])} />}</Loaded>
      <h2>{t('projections.all')}</h2>
      <Loaded of={projections}>{(rows) => <ProjectionTable rows={rows} />}</Loaded>
    </Page>
  );
}

const ProjectionTable = ({ rows }: { readonly rows: readonly ProjectionLine[] }) => (
  <Table<ProjectionLine>
    label={t('projections.all')}
    rows={rows}
    keyOf={({ name, version, build, log, shard, state }) => [name, version, build, log, shard, state].join(' ')}
    empty={t('projections.none')}
    columns={[
      { title: t('projections.name'), cell: (row) => <ProjectionName of={row} /> },
      { title: t('projections.kind'), cell: ({ kind }) => <code>{kind}</code> },
      { title: t('projections.state'), cell: (row) => <State of={row} /> },
      { title: t('projections.lag'), isNumber: true, cell: ({ lagSeconds }) => (lagSeconds === null ? t('app.unknownValue') : durationText(lagSeconds)) },
      { title: t('projections.lagEvents'), isNumber: true, cell: ({ lagEvents }) => numberText(lagEvents) },
      { title: t('projections.deadLetters'), isNumber: true, cell: ({ deadLetters }) => numberText(deadLetters) },
      { title: t('projections.build'), cell: (row) => <RebuildOf of={row} /> },
    ]}
  />
);

const ProjectionName = ({ of: { name, version, build, shard } }: { readonly of: ProjectionLine }) => (
  <code>{`${name}${version === null ? '' : `@${version}`}${build > 0 ? `.${build}` : ''}${shard > 0 ? ` #${shard}` : ''}`}</code>
);

function State({ of: { state, error, active } }: { readonly of: ProjectionLine }) {
  return (
    <>
      <Badge is={error === null ? (active ? 'good' : 'plain') : 'bad'}>{state}</Badge>
      {!active && (
        <>
          {' '}
          <Badge is="plain">{t('projections.notActive')}</Badge>
        </>
      )}
      {error !== null && <p class="error-text">{error}</p>}
    </>
  );
}

/** Beside the active build of the first shard alone: a rebuild is of them all. */
function RebuildOf({ of: { name, kind, active, shard } }: { readonly of: ProjectionLine }) {
  if (kind !== 'projector' || !active || shard !== 0) return null;
  const rebuild = rebuilds.value.get(name);
  if (rebuild === undefined) {
    return (
      <Action
        action="rebuild-projection"
        label={t('rebuild.begin')}
        about={name}
        warning={t('rebuild.warning')}
        run={async ({ reason }) => {
          await beginRebuild(name, reason);
          return t('rebuild.begun', { projection: name });
        }}
      />
    );
  }
  if (rebuild.failure !== undefined) {
    return (
      <span class="failure" role="alert">
        {rebuild.failure}
        <button type="button" class="quiet" onClick={() => dismissRebuild(name)}>
          {t('app.close')}
        </button>
      </span>
    );
  }
  return (
    <span class="progress">
      <progress aria-label={t('rebuild.progress', { projection: name })} {...(rebuild.done === undefined ? {} : { value: rebuild.done })} max={1} />
      <span class="number">{rebuild.done === undefined ? '' : percentText(rebuild.done)}</span>
      <button type="button" class="quiet" onClick={rebuild.cancel} aria-label={`${t('action.cancel')}: ${name}`}>
        {t('action.cancel')}
      </button>
    </span>
  );
}
