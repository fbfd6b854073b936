/** What proves the second factor: a code that is typed, or a key that is touched. */
import { useSignal } from '@preact/signals';
import { failureText, type Proof, type SecondFactorAsked } from '../app/session.ts';
import { t } from '../text/text.ts';
import { Field } from './field.tsx';
import { askKey, KeyFailed } from './security-key.ts';

const DIGITS = /^\d{6}$/;

type SecondFactorProps = { readonly asked: SecondFactorAsked; readonly onProof: (proof: Proof) => Promise<void> };

export function SecondFactorFields({ asked: { kinds, webAuthn }, onProof }: SecondFactorProps) {
  const failure = useSignal<string | undefined>(undefined);
  const useKey = async () => {
    failure.value = undefined;
    try {
      if (webAuthn !== null) await onProof({ credential: await askKey(webAuthn) });
    } catch (error) {
      failure.value = error instanceof KeyFailed ? t(error.reason) : failureText(error);
    }
  };
  return (
    <>
      {webAuthn !== null && (
        <>
          <button type="button" class="button" onClick={() => void useKey()}>
            {t('account.useKey')}
          </button>
          <p class="form-failure" role="alert">
            {failure}
          </p>
        </>
      )}
      <Field
        name="code"
        label={t(kinds.includes('totp') ? 'account.code' : 'account.recoveryCode')}
        hint={t(kinds.includes('totp') ? 'account.codeHint' : 'account.recoveryHint')}
        autocomplete="one-time-code"
        plain
      />
    </>
  );
}

export function proofIn({ code = '' }: Readonly<Record<string, string>>): Proof {
  const typed = code.trim();
  return DIGITS.test(typed) ? { code: typed } : { recoveryCode: typed };
}
