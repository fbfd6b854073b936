/** Streams that wait behind an event that can't be applied: looked at, tried again, or given up with a reason. */
import { ask } from '../app/call.ts';
import type { DeadLetterLine } from '../app/lines.ts';
import { Action } from '../parts/action.tsx';
import { numberText } from '../parts/format.ts';
import { Table } from '../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../text/text.ts';

/** More than anybody reads; all of a projection are resolved together. */
const SHOWN_MAX = 200;

type DeadLettersProps = { readonly rows: readonly DeadLetterLine[]; readonly onResolved: () => void };
type How = 'retried' | 'skipped';
type Asked = { readonly reason: string | undefined };

export function DeadLetters({ rows, onResolved }: DeadLettersProps) {
  const resolve =
    ({ projection, stream }: { readonly projection: string; readonly stream?: string }, how: How) =>
    async (asked: Asked) => {
      try {
        return await resolveLetters({ projection, ...(stream !== undefined && { stream }) }, how, asked);
      } finally {
        onResolved();
      }
    };
  const projections = [...new Set(rows.map(({ projection }) => projection))].filter((name) => rows.filter(({ projection }) => projection === name).length > 1);
  return (
    <>
      <LetterTable rows={rows.slice(0, SHOWN_MAX)} resolve={resolve} />
      {rows.length > SHOWN_MAX && <p class="hint">{t('letters.more', { count: rows.length - SHOWN_MAX })}</p>}
      {projections.map((projection) => (
        <div class="buttons" key={projection}>
          <code>{projection}</code>
          <Action action="resolve-dead-letters" label={t('letters.retryAll')} about={projection} run={resolve({ projection }, 'retried')} />
          <Action
            action="skip-dead-letters"
            label={t('letters.skipAll')}
            about={projection}
            warning={t('letters.skipWarning')}
            run={resolve({ projection }, 'skipped')}
          />
        </div>
      ))}
    </>
  );
}

/** Answers what became of it. */
async function resolveLetters(of: { readonly projection: string; readonly stream?: string }, how: How, { reason }: Asked): Promise<string> {
  const lines = await ask('resolve-dead-letters', { ...of, how }, { reason });
  const again = lines.find(({ outcome }) => outcome === 'failed-again');
  if (again !== undefined) return t('letters.failedAgain', { error: again.error ?? '' });
  return t(lines.some(({ outcome }) => outcome === 'requested') ? 'letters.requested' : how === 'skipped' ? 'letters.skipped' : 'letters.resolved');
}

type LetterTableProps = {
  readonly rows: readonly DeadLetterLine[];
  readonly resolve: (of: DeadLetterLine, how: How) => (asked: Asked) => Promise<string>;
};

function LetterTable({ rows, resolve }: LetterTableProps) {
  return (
    <Table<DeadLetterLine>
      label={t('projections.deadLetters')}
      rows={rows}
      keyOf={({ runner, stream }) => `${runner} ${stream}`}
      empty={t('letters.none')}
      columns={[
        { title: t('projections.name'), cell: ({ runner }) => <code>{runner}</code> },
        { title: t('letters.stream'), cell: ({ stream, revision }) => <code>{`${stream} · ${revision}`}</code> },
        { title: t('letters.since'), cell: ({ at }) => <Time at={at} /> },
        { title: t('letters.waiting'), isNumber: true, cell: ({ waiting }) => numberText(waiting) },
        { title: t('letters.error'), cell: ({ error }) => <p class="error-text">{error}</p> },
        {
          title: t('app.actions'),
          cell: (letter) => (
            <span class="buttons">
              <Action
                action="resolve-dead-letters"
                label={t('letters.retry')}
                about={letter.stream}
                warning={t('letters.retryWarning')}
                run={resolve(letter, 'retried')}
              />
              <Action
                action="skip-dead-letters"
                label={t('letters.skip')}
                about={letter.stream}
                warning={t('letters.skipWarning')}
                run={resolve(letter, 'skipped')}
              />
            </span>
          ),
        },
      ]}
    />
  );
}
