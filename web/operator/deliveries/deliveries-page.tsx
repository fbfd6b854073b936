/** Finds deliveries, shows all that happened to one, and why a person was or was not sent a push. */
import { useSignal } from '@preact/signals';
import { ask } from '../app/call.ts';
import type { DeliveryLine, Json } from '../app/lines.ts';
import { DELIVERY_STATUSES } from '../app/names.ts';
import { failureText, may } from '../app/session.ts';
import { Page } from '../parts/page.tsx';
import { Failure, Nothing, Skeleton } from '../parts/states.tsx';
import { t } from '../text/text.ts';
import { Delivery } from './delivery.tsx';
import { textIn } from '../parts/form.ts';
import { ExplainPush } from './explain-push.tsx';

const PAGE = 50;

type Search = { readonly [field: string]: Json };

export function DeliveriesPage() {
  return (
    <Page title={t('place.deliveries')}>
      <Deliveries />
      {may('explain-push') && <ExplainPush />}
    </Page>
  );
}

function Deliveries() {
  const found = useSignal<readonly DeliveryLine[] | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const search = useSignal<Search>({});
  const isReading = useSignal(false);
  const hasMore = useSignal(false);
  const read = async (asked: Search, before: readonly DeliveryLine[]) => {
    if (isReading.value) return;
    isReading.value = true;
    failure.value = undefined;
    search.value = asked;
    if (before.length === 0) found.value = undefined;
    try {
      const last = before.at(-1);
      const page = await ask('list-deliveries', { ...asked, ...(last === undefined ? {} : { before: last.planned }), limit: PAGE });
      found.value = [...before, ...page];
      hasMore.value = page.length === PAGE;
    } catch (error) {
      failure.value = failureText(error);
    } finally {
      isReading.value = false;
    }
  };
  return (
    <>
      <SearchForm onSearch={(asked) => void read(asked, [])} />
      <div aria-live="polite">
        {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void read(search.value, found.value ?? [])} />}
        {!isReading.value && found.value === undefined && failure.value === undefined && <Nothing>{t('deliveries.hint')}</Nothing>}
        {isReading.value && found.value === undefined && <Skeleton />}
        {found.value?.length === 0 && <Nothing>{t('deliveries.none')}</Nothing>}
      </div>
      <ul class="deliveries">
        {found.value?.map((delivery) => (
          <li key={delivery.delivery}>
            <Delivery of={delivery} />
          </li>
        ))}
      </ul>
      {hasMore.value && (
        <button type="button" class="quiet" onClick={() => void read(search.value, found.value ?? [])}>
          {t('app.more')}
        </button>
      )}
    </>
  );
}

const TEXTS = ['person', 'app', 'vendorId'] as const;
const DAYS = ['from', 'until'] as const;

function SearchForm({ onSearch }: { readonly onSearch: (search: Search) => void }) {
  const submit = (form: FormData) => {
    const texts = [...TEXTS, ...DAYS].flatMap((name) => {
      const value = textIn(form, name);
      return value === '' ? [] : [[name, value] as const];
    });
    const status = textIn(form, 'status');
    onSearch({ ...Object.fromEntries(texts), ...(status === '' ? {} : { statuses: [status] }) });
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
      {TEXTS.map((name) => (
        <label class="field" key={name}>
          <span>{t(`deliveries.${name}`)}</span>
          <input name={name} autocomplete="off" spellcheck={false} />
        </label>
      ))}
      {DAYS.map((name) => (
        <label class="field" key={name}>
          <span>{t(`deliveries.${name}`)}</span>
          <input name={name} type="date" />
        </label>
      ))}
      <label class="field">
        <span>{t('deliveries.status')}</span>
        <select name="status">
          <option value="">{t('deliveries.anyStatus')}</option>
          {DELIVERY_STATUSES.map((status) => (
            <option value={status} key={status}>
              {status}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="primary">
        {t('deliveries.search')}
      </button>
    </form>
  );
}
