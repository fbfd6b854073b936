/** What operators did, and why; and who they are. */
import { useSignal } from '@preact/signals';
import { ask } from '../app/call.ts';
import type { AuditLine, Json } from '../app/lines.ts';
import { useLive } from '../app/live.ts';
import { Page } from '../parts/page.tsx';
import { momentText } from '../parts/format.ts';
import { Badge, Loaded, ReadAt } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { t } from '../text/text.ts';
import { textIn } from '../parts/form.ts';
import { Operators } from './operators.tsx';

const ACTIONS_MAX = 200;
const DAYS = [1, 7, 30, 400] as const;
const DAYS_SHOWN = 7;
const REFRESH_MS = 10_000;

type Asked = { readonly [field: string]: Json };

export function AuditPage() {
  const asked = useSignal<Asked>({ days: DAYS_SHOWN });
  const audit = useLive((signal) => ask('list-audit', { ...asked.value, limit: ACTIONS_MAX }, { signal }), {
    everyMs: REFRESH_MS,
    of: JSON.stringify(asked.value),
  });
  return (
    <Page title={t('place.audit')} end={<ReadAt of={audit} />}>
      <AuditForm onAsk={(wanted) => (asked.value = wanted)} />
      <Loaded of={audit}>{(rows) => <AuditTable rows={rows} />}</Loaded>
      <Operators />
    </Page>
  );
}

function AuditForm({ onAsk }: { readonly onAsk: (asked: Asked) => void }) {
  const submit = (form: FormData) => {
    const texts = (['by', 'action'] as const).flatMap((name) => {
      const value = textIn(form, name);
      return value === '' ? [] : [[name, value] as const];
    });
    onAsk({ days: Number(textIn(form, 'days')), ...Object.fromEntries(texts) });
  };
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        submit(new FormData(event.currentTarget));
      }}
    >
      <label class="field">
        <span>{t('audit.days')}</span>
        <select name="days">
          {DAYS.map((count) => (
            <option value={count} key={count} selected={count === DAYS_SHOWN}>
              {t('funnel.lastDays', { count })}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t('audit.by')}</span>
        <input name="by" autocomplete="off" spellcheck={false} />
      </label>
      <label class="field">
        <span>{t('audit.action')}</span>
        <input name="action" autocomplete="off" spellcheck={false} />
      </label>
      <button type="submit" class="primary">
        {t('audit.show')}
      </button>
    </form>
  );
}

const AuditTable = ({ rows }: { readonly rows: readonly AuditLine[] }) => (
  <Table<AuditLine>
    label={t('place.audit')}
    rows={rows}
    keyOf={({ correlationId, action, at }) => `${correlationId} ${action} ${at}`}
    empty={t('audit.none')}
    columns={[
      { title: t('audit.at'), cell: ({ at }) => <time dateTime={at}>{momentText(at)}</time> },
      {
        title: t('audit.by'),
        cell: ({ name, operator, role }) => (
          <>
            <bdi>{name ?? operator}</bdi> <code>{role}</code>
          </>
        ),
      },
      {
        title: t('audit.action'),
        cell: ({ action, failed }) => (
          <>
            <code>{action}</code>
            {failed !== null && (
              <>
                {' '}
                <Badge is="bad">{failed}</Badge>
              </>
            )}
          </>
        ),
      },
      {
        title: t('audit.of'),
        cell: ({ of }) => (
          <code class="wrap">
            {Object.entries(of)
              .map(([field, value]) => `${field} ${value}`)
              .join(', ')}
          </code>
        ),
      },
      { title: t('audit.reason'), cell: ({ reason }) => <span dir="auto">{reason ?? ''}</span> },
    ]}
  />
);
