/** Whether several notifications of a category come as one, and when. */
import { t } from '../../text/text.ts';
import { Choice, Section } from '../form-parts.tsx';
import type { GridProps } from './grid.tsx';
import type { Option } from '../places.ts';
import type { PreferencePage, Row, Rule } from './preferences.ts';

const MINUTES = [15, 60, 240];
const TIMES = ['08:00', '18:00'];
const RULES: readonly Rule[] = [
  { kind: 'at-once' },
  ...MINUTES.map((minutes): Rule => ({ kind: 'after-first', minutes })),
  ...TIMES.map((time): Rule => ({ kind: 'time-of-day', time })),
];
const AS_THE_APP_HAS_IT = 'default';

type Place = { readonly app?: string; readonly row: Row };

export function Digests({ page, preferences }: GridProps) {
  const places: readonly Place[] = [
    ...page.tidings.map((row) => ({ row })),
    ...page.apps.flatMap(({ app, categories }) => categories.map((row) => ({ app, row }))),
  ].filter(({ row }) => !row.mandatory);
  const choose = ({ app, row }: Place, value: string) => {
    const rule = value === AS_THE_APP_HAS_IT ? null : (JSON.parse(value) as Rule);
    const about = { ...(app === undefined ? {} : { app }), category: row.category, channel: '*' as const };
    const others = page.digests.filter((digest) => !isOf({ ...(app === undefined ? {} : { app }), row }, digest));
    void preferences.change({ digests: [{ ...about, rule }] }, { ...page, digests: rule === null ? others : [...others, { ...about, rule }] });
  };
  return (
    <Section title={t('settings.digests')} hint={t('settings.digestsHint')}>
      {places.map((place) => (
        <Choice
          label={nameOf(page, place)}
          value={valueOf(page.digests.find((digest) => isOf(place, digest))?.rule)}
          options={optionsOf(page, place)}
          onChange={(value) => choose(place, value)}
          key={`${place.app}/${place.row.category}`}
        />
      ))}
    </Section>
  );
}

const valueOf = (rule: Rule | undefined): string => (rule === undefined ? AS_THE_APP_HAS_IT : JSON.stringify(RULES.find((one) => isSame(one, rule)) ?? rule));

const nameOf = (page: PreferencePage, { app, row }: Place): string => {
  const name = page.apps.find((one) => one.app === app)?.name;
  return name === undefined ? row.title : `${name}: ${row.title}`;
};

const isOf = ({ app, row }: Place, digest: PreferencePage['digests'][number]): boolean =>
  digest.app === app && digest.category.toLowerCase() === row.category.toLowerCase() && digest.channel === '*';

/** What was chosen elsewhere is one of them too. */
function optionsOf(page: PreferencePage, place: Place): readonly Option[] {
  const chosen = page.digests.find((digest) => isOf(place, digest))?.rule;
  const rules = chosen === undefined || RULES.some((rule) => isSame(rule, chosen)) ? RULES : [...RULES, chosen];
  const byDefault = place.row.digest === null ? t('settings.digest.at-once') : textOf(place.row.digest);
  return [[AS_THE_APP_HAS_IT, t('settings.byDefault', { rule: byDefault })], ...rules.map((rule): Option => [JSON.stringify(rule), textOf(rule)])];
}

const isSame = (one: Rule, other: Rule): boolean => textOf(one) === textOf(other);

function textOf(rule: Rule): string {
  switch (rule.kind) {
    case 'at-once':
      return t('settings.digest.at-once');
    case 'after-first':
      return t('settings.digest.after-first', { count: rule.minutes });
    case 'time-of-day':
      return t('settings.digest.time-of-day', { time: rule.time });
  }
}
