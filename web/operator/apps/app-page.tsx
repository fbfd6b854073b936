/** One app: what it may do, its categories, and its templates with what they show. */
import { useSignal } from '@preact/signals';
import { ask, askOne } from '../app/call.ts';
import type { ShownAppLine, TemplateLine } from '../app/lines.ts';
import { useLive } from '../app/live.ts';
import { numberText } from '../parts/format.ts';
import { Page } from '../parts/page.tsx';
import { Badge, Loaded } from '../parts/states.tsx';
import { Facts, Table } from '../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../text/text.ts';
import { TemplatePreview } from './template-preview.tsx';

const TEMPLATES_MAX = 200;

export function AppPage({ app }: { readonly app: string }) {
  const shown = useLive((signal) => askOne('show-app', { app }, { signal }));
  const templates = useLive((signal) => ask('list-templates', { app, limit: TEMPLATES_MAX }, { signal }));
  const previewed = useSignal<string | undefined>(undefined);
  return (
    <Page title={shown.value.value?.name ?? t('apps.app')}>
      <Loaded of={shown}>{(line) => <About of={line} />}</Loaded>
      <h2>{t('templates.title')}</h2>
      <Loaded of={templates}>
        {(rows) => (
          <>
            <Table<TemplateLine>
              label={t('templates.title')}
              rows={rows}
              keyOf={({ template }) => template}
              empty={t('templates.none')}
              columns={[
                { title: t('apps.name'), cell: ({ name, template }) => <bdi>{name ?? template}</bdi> },
                { title: t('templates.version'), isNumber: true, cell: ({ newest }) => numberText(newest) },
                { title: t('templates.languages'), cell: ({ locales }) => locales.join(', ') },
                { title: t('templates.changed'), cell: ({ changedAt }) => <Time at={changedAt} /> },
                {
                  title: t('app.actions'),
                  cell: ({ template, name }) => (
                    <button
                      type="button"
                      class="quiet"
                      aria-expanded={previewed.value === template}
                      aria-label={`${t('templates.preview')}: ${name ?? template}`}
                      onClick={() => (previewed.value = previewed.value === template ? undefined : template)}
                    >
                      {t('templates.preview')}
                    </button>
                  ),
                },
              ]}
            />
            {rows
              .filter(({ template }) => template === previewed.value)
              .map((template) => (
                <TemplatePreview of={template} key={template.template} />
              ))}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function About({ of: { app, disabled, sandbox, registeredAt, secretRotatedAt, keys, quota, categories } }: { readonly of: ShownAppLine }) {
  return (
    <Facts
      of={[
        [t('apps.state'), disabled ? <Badge is="bad">{t('apps.disabled')}</Badge> : <Badge is="good">{t('apps.active')}</Badge>],
        [t('apps.id'), <code>{app}</code>],
        [t('apps.sandbox'), t(sandbox ? 'app.yes' : 'app.no')],
        [t('apps.registered'), <Time at={registeredAt} />],
        [t('apps.secretFrom'), <Time at={secretRotatedAt ?? registeredAt} />],
        [t('apps.keys'), keys.length === 0 ? '–' : keys.map(({ name, scopes }) => `${name} (${scopes.join(', ')})`).join('; ')],
        [
          t('apps.quota'),
          quota === null
            ? t('apps.noQuota')
            : Object.entries(quota)
                .map(([limit, max]) => `${limit} ${numberText(max)}`)
                .join(', '),
        ],
        [t('apps.categories'), categories.length === 0 ? '–' : categories.map(({ category }) => category).join(', ')],
      ]}
    />
  );
}
