/** What each channel would show of a template, with parameters that the operator makes up. Nothing is sent. */
import { useSignal } from '@preact/signals';
import { ask, CallFailed } from '../app/call.ts';
import type { Json, PreviewLine, TemplateLine } from '../app/lines.ts';
import { failureText } from '../app/session.ts';
import { textIn } from '../parts/form.ts';
import { t } from '../text/text.ts';

const ROWS = 4;
const NO_PARAMETERS = '{}';

export function TemplatePreview({ of: { template, name, locales, defaultLocale, newest } }: { readonly of: TemplateLine }) {
  const shown = useSignal<readonly PreviewLine[]>([]);
  const failure = useSignal<string | undefined>(undefined);
  const submit = async (form: FormData) => {
    failure.value = undefined;
    try {
      const parameters = parametersIn(textIn(form, 'parameters'));
      shown.value = await ask('preview-template', { template, language: textIn(form, 'language'), version: Number(textIn(form, 'version')), parameters });
    } catch (error) {
      shown.value = [];
      failure.value = failureText(error);
    }
  };
  return (
    <section class="preview" aria-label={`${t('templates.preview')}: ${name ?? template}`}>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          void submit(new FormData(event.currentTarget));
        }}
      >
        <label class="field">
          <span>{t('templates.language')}</span>
          <select name="language">
            {locales.map((locale) => (
              <option value={locale} key={locale} selected={locale === defaultLocale}>
                {locale}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{t('templates.version')}</span>
          <input name="version" type="number" min={1} max={newest} defaultValue={String(newest)} required />
        </label>
        <label class="field wide-field">
          <span>{t('templates.parameters')}</span>
          <textarea name="parameters" class="code" rows={ROWS} spellcheck={false} defaultValue={NO_PARAMETERS} />
        </label>
        <button type="submit" class="primary">
          {t('templates.show')}
        </button>
      </form>
      <p class="form-failure" role="alert">
        {failure.value}
      </p>
      <div class="channels-shown" aria-live="polite">
        {shown.value.map((line) => (
          <Shown of={line} key={line.channel} />
        ))}
      </div>
    </section>
  );
}

/** HTML is shown as it is written: it is an app's, and not ours to run. */
const Shown = ({ of: { channel, content } }: { readonly of: PreviewLine }) => (
  <article>
    <h3>{channel}</h3>
    {content.title !== undefined && (
      <p dir="auto">
        <b>{content.title}</b>
      </p>
    )}
    <p class="text" dir="auto">
      {content.body}
    </p>
    {content.url !== undefined && <code>{content.url}</code>}
    {content.html !== undefined && <pre tabIndex={0}>{content.html}</pre>}
  </article>
);

function parametersIn(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new CallFailed('bad-request', t('routing.noJson', { detail: (error as Error).message }));
  }
}
