/** The frame around every page of the operator: where one can go, who one is, and what was done last. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { path } from '../../app/routes.ts';
import { chooseLanguage, language, LANGUAGE_NAMES } from '../../text/language.ts';
import { announcement } from '../parts/action.tsx';
import { t } from '../text/text.ts';
import { OPERATOR_ROOT, operatorRouteOf, type OperatorPageName } from './addresses.ts';
import { LogInPage } from './log-in-page.tsx';
import { pageAt } from './pages.tsx';
import { failureText, logOut, may, operator } from './session.ts';

/** With what the page is about: who may not do that has no way to it. */
const PLACES = [
  ['overview', 'list-processes'],
  ['projections', 'list-projections'],
  ['queues', 'list-queues'],
  ['vendors', 'list-senders'],
  ['deliveries', 'list-deliveries'],
  ['funnel', 'show-funnel'],
  ['apps', 'list-apps'],
  ['moderation', 'list-cases'],
  ['audit', 'list-audit'],
] as const satisfies readonly (readonly [OperatorPageName, string])[];

/** The place that a page belongs to. */
const PLACE_OF: Readonly<Partial<Record<OperatorPageName | 'unknown', OperatorPageName>>> = { app: 'apps', case: 'moderation' };

export function OperatorApp() {
  const route = operatorRouteOf(path.value);
  useArrival();
  const isIn = operator.value !== undefined;
  const place = PLACE_OF[route.page] ?? route.page;
  return (
    <>
      <a class="skip" href="#content">
        {t('app.skip')}
      </a>
      <Header />
      <div class={isIn ? 'frame' : 'frame-alone'}>
        {isIn && (
          <nav aria-label={t('app.navigation')}>
            {PLACES.filter(([, action]) => may(action)).map(([page]) => (
              <a
                key={page}
                href={page === 'overview' ? `${OPERATOR_ROOT}/` : `${OPERATOR_ROOT}/${page}`}
                {...(page === place ? { 'aria-current': 'page' } : {})}
              >
                {t(`place.${page}`)}
              </a>
            ))}
          </nav>
        )}
        <main id="content">{isIn ? pageAt(route) : <LogInPage />}</main>
      </div>
      <Announcement />
    </>
  );
}

function Header() {
  const failure = useSignal<string | undefined>(undefined);
  const leave = async () => {
    failure.value = undefined;
    await logOut().catch((error: unknown) => (failure.value = failureText(error)));
  };
  return (
    <header class="bar">
      <span class="brand">{t('app.title')}</span>
      <span class="bar-end">
        {operator.value !== undefined && (
          <span class="who">
            <bdi>{operator.value.operator}</bdi> <code>{operator.value.role}</code>
          </span>
        )}
        <select aria-label={t('app.language')} value={language} onChange={({ currentTarget }) => chooseLanguage(currentTarget.value)}>
          {Object.entries(LANGUAGE_NAMES).map(([tag, name]) => (
            <option value={tag} lang={tag} key={tag}>
              {name}
            </option>
          ))}
        </select>
        {operator.value !== undefined && (
          <button type="button" class="quiet" onClick={() => void leave()}>
            {t('app.logOut')}
          </button>
        )}
      </span>
      {failure.value !== undefined && <p role="alert">{failure.value}</p>}
    </header>
  );
}

const ANNOUNCED_MS = 8_000;

function Announcement() {
  const text = announcement.value;
  useEffect(() => {
    if (text === '') return undefined;
    const timer = setTimeout(() => (announcement.value = ''), ANNOUNCED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class={text === '' ? 'announcement' : 'announcement shown'} role="status">
      {text}
    </p>
  );
}

/** A page that one goes to says its title. */
function useArrival(): void {
  useEffect(() => {
    announcement.value = '';
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, [path.value]);
}
