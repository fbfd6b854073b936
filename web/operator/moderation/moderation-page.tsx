/** What waits for a moderator, the first that waits first; what was decided; and who is suspended. */
import { useSignal } from '@preact/signals';
import { ask } from '../app/call.ts';
import { OPERATOR_ROOT } from '../app/addresses.ts';
import type { CaseLine, StandingLine } from '../app/lines.ts';
import { useLive } from '../app/live.ts';
import { Action } from '../parts/action.tsx';
import { momentText, numberText } from '../parts/format.ts';
import { Page } from '../parts/page.tsx';
import { Badge, Loaded, ReadAt } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../text/text.ts';

const PAGE = 100;

export function ModerationPage() {
  const status = useSignal<'open' | 'closed'>('open');
  const limit = useSignal(PAGE);
  const cases = useLive((signal) => ask('list-cases', { status: status.value, limit: limit.value }, { signal }), { of: `${status.value} ${limit.value}` });
  return (
    <Page title={t('place.moderation')} end={<ReadAt of={cases} />}>
      <div class="buttons" role="group" aria-label={t('cases.which')}>
        {(['open', 'closed'] as const).map((one) => (
          <button type="button" class="quiet toggle" key={one} aria-pressed={status.value === one} onClick={() => (status.value = one)}>
            {t(`cases.${one}`)}
          </button>
        ))}
      </div>
      <Loaded of={cases}>
        {(rows) => (
          <>
            <CaseTable rows={rows} empty={t(status.value === 'open' ? 'cases.noneOpen' : 'cases.noneClosed')} />
            {rows.length === limit.value && (
              <button type="button" class="quiet" onClick={() => (limit.value += PAGE)}>
                {t('app.more')}
              </button>
            )}
          </>
        )}
      </Loaded>
      <Suspended />
    </Page>
  );
}

const CaseTable = ({ rows, empty }: { readonly rows: readonly CaseLine[]; readonly empty: string }) => (
  <Table<CaseLine>
    label={t('place.moderation')}
    rows={rows}
    keyOf={(row) => row.case}
    empty={empty}
    columns={[
      {
        title: t('cases.case'),
        cell: (row) => (
          <a href={`${OPERATOR_ROOT}/moderation/${row.case}`}>
            <code>{row.case}</code>
          </a>
        ),
      },
      { title: t('cases.reports'), isNumber: true, cell: ({ reports }) => numberText(reports) },
      { title: t('cases.violation'), cell: ({ violation }) => violation ?? '–' },
      { title: t('cases.appeal'), cell: ({ appealedAt }) => (appealedAt === null ? '' : <Badge is="bad">{t('cases.appealed')}</Badge>) },
      { title: t('cases.since'), cell: ({ since }) => <Time at={since} /> },
      { title: t('cases.outcome'), cell: ({ outcome, by }) => (outcome === null ? '' : `${outcome} · ${by ?? ''}`) },
    ]}
  />
);

function Suspended() {
  const suspended = useLive((signal) => ask('list-suspended', { limit: PAGE }, { signal }));
  return (
    <>
      <h2>{t('suspended.title')}</h2>
      <Loaded of={suspended}>
        {(rows) => (
          <Table<StandingLine>
            label={t('suspended.title')}
            rows={rows}
            keyOf={({ person }) => person}
            empty={t('suspended.none')}
            columns={[
              { title: t('suspended.person'), cell: ({ person }) => <code>{person}</code> },
              { title: t('cases.violation'), cell: ({ violation }) => violation ?? '–' },
              { title: t('suspended.until'), cell: ({ until }) => (until === null ? t('suspended.forever') : momentText(until)) },
              { title: t('suspended.by'), cell: ({ by }) => <code>{by}</code> },
              {
                title: t('app.actions'),
                cell: ({ person }) => (
                  <Action
                    action="lift-suspension"
                    label={t('suspended.lift')}
                    about={person}
                    run={async ({ reason }) => {
                      await ask('lift-suspension', { person }, { reason });
                      await suspended.refresh();
                      return t('suspended.lifted');
                    }}
                  />
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}
