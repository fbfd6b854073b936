/** Logging in with the token of an operator, or of the installation. */
import { useSignal } from '@preact/signals';
import { t } from '../text/text.ts';
import { textIn } from '../parts/form.ts';
import { failureText, logIn, loggedOutBecause } from './session.ts';

export function LogInPage() {
  const failure = useSignal<string | undefined>(undefined);
  const isAsking = useSignal(false);
  const submit = async (form: HTMLFormElement) => {
    if (isAsking.value) return;
    isAsking.value = true;
    failure.value = undefined;
    try {
      await logIn(textIn(new FormData(form), 'token'));
    } catch (error) {
      failure.value = failureText(error);
      form.querySelector('input')?.select();
    } finally {
      isAsking.value = false;
    }
  };
  return (
    <form
      class="log-in"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <h1 tabIndex={-1}>{t('logIn.title')}</h1>
      {loggedOutBecause.value !== undefined && <p role="status">{loggedOutBecause.value}</p>}
      <label class="field">
        <span>{t('logIn.token')}</span>
        <input name="token" type="password" autocomplete="current-password" required autofocus aria-describedby="token-hint" />
      </label>
      <p class="hint" id="token-hint">
        {t('logIn.hint')}
      </p>
      <p class="form-failure" role="alert">
        {failure.value}
      </p>
      <button type="submit" class="primary" aria-disabled={isAsking.value}>
        {t('logIn.enter')}
      </button>
    </form>
  );
}
