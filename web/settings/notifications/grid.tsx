/** Which notifications come on which channel: a row a category, of Tidings and of each app that may notify the person. */
import { useSignal } from '@preact/signals';
import { session } from '../../app/session.ts';
import { t } from '../../text/text.ts';
import { useAction, type Action } from '../action.ts';
import { Outcome, Section } from '../form-parts.tsx';
import type { Changes, PreferencePage, Preferences, Row } from './preferences.ts';

export const CHANNELS = ['in-app', 'push', 'email', 'sms'] as const;
type Channel = (typeof CHANNELS)[number];
type Choices = NonNullable<Changes['choices']>;
export type GridProps = { readonly page: PreferencePage; readonly preferences: Preferences };
type GridOutcome = { readonly action: Action };

export function Grid({ page, preferences, action }: GridProps & GridOutcome) {
  const choose = (row: Row, channel: Channel, wanted: boolean, app?: string) =>
    preferences.change(
      { choices: [{ ...(app === undefined ? {} : { app }), category: row.category, channel, wanted }] },
      withChoice(page, { row, channel, wanted }),
    );
  const chosen = chosenIn(page);
  return (
    <Section title={t('settings.what')} hint={t('settings.whatHint')}>
      <Table title={t('settings.ofTidings')} rows={page.tidings} onChoose={(row, channel, wanted) => void choose(row, channel, wanted)} />
      {page.apps.map(({ app, name, categories }) => (
        <AppTable
          app={app}
          name={name}
          rows={categories}
          onChoose={(row, channel, wanted) => void choose(row, channel, wanted, app)}
          onChanged={() => void preferences.again()}
          key={app}
        />
      ))}
      <div class="setting-buttons">
        {page.next !== null && (
          <button type="button" class="quiet" onClick={() => void preferences.readMore()}>
            {t('app.more')}
          </button>
        )}
        {chosen.length > 0 && (
          <button type="button" class="quiet" onClick={() => void preferences.change({ choices: chosen })}>
            {t('settings.asByDefault')}
          </button>
        )}
      </div>
      <Outcome of={action} />
    </Section>
  );
}

type OnChoose = (row: Row, channel: Channel, wanted: boolean) => void;
type TableProps = { readonly title: string; readonly rows: readonly Row[]; readonly onChoose: OnChoose };

function Table({ title, rows, onChoose }: TableProps) {
  return (
    <table class="grid">
      <caption>
        <bdi>{title}</bdi>
      </caption>
      <thead>
        <tr>
          <td />
          {CHANNELS.map((channel) => (
            <th scope="col" key={channel}>
              {t(`settings.channel.${channel}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.category}>
            <th scope="row">
              <span lang={row.language ?? undefined} dir="auto">
                {row.title}
              </span>
              {row.description !== undefined && (
                <span class="hint" lang={row.language ?? undefined} dir="auto">
                  {row.description}
                </span>
              )}
              {row.mandatory && <span class="hint">{t('settings.mandatory')}</span>}
            </th>
            {CHANNELS.map((channel) => (
              <td key={channel}>
                <Cell row={row} channel={channel} onChoose={onChoose} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ row, channel, onChoose }: { readonly row: Row; readonly channel: Channel; readonly onChoose: OnChoose }) {
  const cell = row.channels.find((one) => one.channel === channel);
  if (cell === undefined) return null; // it never comes this way
  return (
    <label class="cell">
      <input
        type="checkbox"
        checked={row.mandatory || cell.wanted}
        disabled={row.mandatory}
        aria-label={`${row.title}, ${t(`settings.channel.${channel}`)}`}
        onChange={({ currentTarget }) => onChoose(row, channel, currentTarget.checked)}
      />
    </label>
  );
}

type AppProps = { readonly app: string; readonly name: string; readonly rows: readonly Row[]; readonly onChoose: OnChoose; readonly onChanged: () => void };

/** An app that may notify the person no more stays in its place until the page is read again, so that it can be taken back. */
function AppTable({ app, name, rows, onChoose, onChanged }: AppProps) {
  const action = useAction();
  const isAllowed = useSignal(true);
  const allow = (isNow: boolean) =>
    action.run(async () => {
      const params = { path: { app } };
      await (isNow ? session.value?.tidings.write.PUT('/v1/me/apps/{app}', { params }) : session.value?.tidings.write.DELETE('/v1/me/apps/{app}', { params }));
      isAllowed.value = isNow;
      if (isNow) onChanged();
    });
  return (
    <div class="app-grid">
      {isAllowed.value && rows.length > 0 ? (
        <Table title={name} rows={rows} onChoose={onChoose} />
      ) : (
        <p class="app-name">
          <bdi>{name}</bdi>
        </p>
      )}
      <button type="button" class="quiet" onClick={() => void allow(!isAllowed.value)}>
        {t(isAllowed.value ? 'settings.forbidApp' : 'settings.allowApp', { name })}
      </button>
      <Outcome of={action} />
    </div>
  );
}

type Chosen = { readonly row: Row; readonly channel: Channel; readonly wanted: boolean };

function withChoice(page: PreferencePage, { row, channel, wanted }: Chosen): PreferencePage {
  const chosen = { ...row, channels: row.channels.map((cell) => (cell.channel === channel ? { ...cell, chosen: wanted, wanted } : cell)) };
  const change = (rows: readonly Row[]) => rows.map((one) => (one === row ? chosen : one));
  return { ...page, tidings: change(page.tidings), apps: page.apps.map((app) => ({ ...app, categories: change(app.categories) })) };
}

/** A command takes so many. */
const CHOICES_MAX = 100;

/** Everything that the person chose, forgotten. */
function chosenIn({ everything, tidings, apps }: PreferencePage): Choices {
  const forget = (category: string, channel: Choices[number]['channel'], app?: string): Choices[number] => ({
    ...(app === undefined ? {} : { app }),
    category,
    channel,
    wanted: null,
  });
  const ofCells = (cells: PreferencePage['everything'], app?: string) =>
    cells.flatMap(({ channel, chosen }) => (chosen === null ? [] : [forget('*', channel, app)]));
  const ofRows = (rows: readonly Row[], app?: string) =>
    rows.flatMap(({ category, chosen, channels }) => [
      ...(chosen === null ? [] : [forget(category, '*', app)]),
      ...channels.flatMap((cell) => (cell.chosen === null ? [] : [forget(category, cell.channel, app)])),
    ]);
  const all = [...ofCells(everything), ...ofRows(tidings), ...apps.flatMap(({ app, all, categories }) => [...ofCells(all, app), ...ofRows(categories, app)])];
  return all.slice(0, CHOICES_MAX);
}
