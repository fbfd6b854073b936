/** Signing up and logging in, with a second factor where the person has one. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { path, replaceBy } from '../app/routes.ts';
import {
  failureText,
  loggedOutBecause,
  logIn,
  sendSecondFactor,
  session,
  signUp,
  type LoginAnswer,
  type Proof,
  type SecondFactorAsked,
} from '../app/session.ts';
import { language } from '../text/language.ts';
import { t } from '../text/text.ts';
import { Field } from './field.tsx';
import { proofIn, SecondFactorFields } from './second-factor-fields.tsx';

const PASSWORD_CHARACTERS_MIN = 8;

type Fields = Readonly<Record<string, string>>;

/** Whoever had to log in to see a page, a link into a group, sees it then. */
function arrive(): void {
  if (path.value === '/log-in' || path.value === '/sign-up') replaceBy('/');
}

/** One thing at a time: while it is sent it isn't sent again, and what was refused stays as it was typed. */
function Form({ title, button, onSend, children }: FormProps) {
  const failure = useSignal<string | undefined>(undefined);
  const isSending = useSignal(false);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isSending.value) return;
    const fields = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement)) as Fields;
    isSending.value = true;
    failure.value = undefined;
    try {
      await onSend(fields);
    } catch (error) {
      failure.value = failureText(error);
    } finally {
      isSending.value = false;
    }
  };
  return (
    <form class="account" onSubmit={(event) => void send(event)}>
      <h1 tabIndex={-1}>{title}</h1>
      {children}
      <p class="form-failure" role="alert">
        {failure}
      </p>
      <button type="submit" class="primary" aria-disabled={isSending.value}>
        {button}
      </button>
    </form>
  );
}
type FormProps = {
  readonly title: string;
  readonly button: string;
  readonly onSend: (fields: Fields) => Promise<void>;
  readonly children: ComponentChildren;
};

export function SignUpPage() {
  const send = async ({ loginName = '', name = '', password = '' }: Fields) => {
    await signUp({ loginName, name, password });
    const { outcome } = await logIn({ loginName, password });
    // Told in the language of the pages, until they say otherwise.
    session.value?.tidings.write.PATCH('/v1/me', { body: { language: language.value } }).catch(failureText);
    if (outcome !== 'open') replaceBy('/log-in');
    else arrive();
  };
  return (
    <>
      <Form title={t('account.signUp')} button={t('account.signUp')} onSend={send}>
        <Field name="name" label={t('account.name')} hint={t('account.nameHint')} autocomplete="name" />
        <Field name="loginName" label={t('account.loginName')} autocomplete="username" plain />
        <Field
          name="password"
          type="password"
          label={t('account.password')}
          hint={t('account.passwordHint')}
          autocomplete="new-password"
          minLength={PASSWORD_CHARACTERS_MIN}
        />
      </Form>
      <p class="account-other">
        {t('account.hasAccount')} <a href="/log-in">{t('account.logIn')}</a>
      </p>
    </>
  );
}

export function LogInPage() {
  const asked = useSignal<SecondFactorAsked | undefined>(undefined);
  const proceed = (answer: LoginAnswer) => {
    if (answer.outcome === 'second-factor') asked.value = answer;
    else arrive();
  };
  if (asked.value !== undefined) return <SecondFactor asked={asked.value} onOpen={proceed} />;
  const send = async ({ loginName = '', password = '' }: Fields) => proceed(await logIn({ loginName, password }));
  return (
    <>
      <Form title={t('account.logIn')} button={t('account.logIn')} onSend={send} key="password">
        {loggedOutBecause.value !== undefined && <p role="status">{loggedOutBecause}</p>}
        <Field name="loginName" label={t('account.loginName')} autocomplete="username" plain />
        <Field name="password" type="password" label={t('account.password')} autocomplete="current-password" />
      </Form>
      <p class="account-other">
        {t('account.noAccount')} <a href="/sign-up">{t('account.signUp')}</a>
      </p>
    </>
  );
}

type SecondFactorProps = { readonly asked: SecondFactorAsked; readonly onOpen: (answer: LoginAnswer) => void };

function SecondFactor({ asked, onOpen }: SecondFactorProps) {
  const prove = async (proof: Proof) => onOpen(await sendSecondFactor({ ticket: asked.ticket, ...proof }));
  return (
    <Form title={t('account.secondFactor')} button={t('account.confirm')} onSend={(fields) => prove(proofIn(fields))} key="second-factor">
      <SecondFactorFields asked={asked} onProof={prove} />
    </Form>
  );
}
