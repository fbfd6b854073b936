/** Runs the checks of a chat push to a person, and shows the answer of each. */
import { useSignal } from '@preact/signals';
import { askOne } from '../app/call.ts';
import type { ExplanationLine } from '../app/lines.ts';
import { failureText } from '../app/session.ts';
import { momentText } from '../parts/format.ts';
import { Badge, Failure } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { textIn } from '../parts/form.ts';
import { t } from '../text/text.ts';

export function ExplainPush() {
  const found = useSignal<ExplanationLine | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const submit = async (form: FormData) => {
    failure.value = undefined;
    const text = (name: string) => textIn(form, name);
    try {
      const seq = text('seq');
      found.value = await askOne('explain-push', { person: text('person'), channel: text('channel'), ...(seq === '' ? {} : { seq: Number(seq) }) });
    } catch (error) {
      found.value = undefined;
      failure.value = failureText(error);
    }
  };
  return (
    <>
      <h2>{t('explain.title')}</h2>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          void submit(new FormData(event.currentTarget));
        }}
      >
        <label class="field">
          <span>{t('deliveries.person')}</span>
          <input name="person" required autocomplete="off" spellcheck={false} />
        </label>
        <label class="field">
          <span>{t('explain.channel')}</span>
          <input name="channel" required autocomplete="off" spellcheck={false} />
        </label>
        <label class="field">
          <span>{t('explain.seq')}</span>
          <input name="seq" inputMode="numeric" pattern="[0-9]*" autocomplete="off" />
        </label>
        <button type="submit" class="primary">
          {t('explain.ask')}
        </button>
      </form>
      <div aria-live="polite">
        {failure.value !== undefined && <Failure text={failure.value} />}
        {found.value !== undefined && <Explanation of={found.value} />}
      </div>
    </>
  );
}

function Explanation({ of: { message, checks, reason, deferredUntil } }: { readonly of: ExplanationLine }) {
  return (
    <>
      <p>
        {reason === null ? t('explain.sent') : t('explain.notSent', { reason })}{' '}
        {message === null ? t('explain.noMessage') : t('explain.message', { seq: String(message) })}
        {deferredUntil !== null && ` ${t('explain.deferred', { time: momentText(deferredUntil) })}`}
      </p>
      <Table
        label={t('explain.title')}
        rows={checks}
        keyOf={({ check }) => check}
        empty={t('explain.noMessage')}
        columns={[
          { title: t('explain.check'), cell: ({ check }) => <code>{check}</code> },
          {
            title: t('explain.answer'),
            cell: ({ reason: because }) => (because === null ? <Badge is="good">{t('explain.passed')}</Badge> : <Badge is="bad">{because}</Badge>),
          },
        ]}
      />
    </>
  );
}
