/** Asks for the password, and for the second factor where there is one: for what needs a recent login. */
import { useSignal } from '@preact/signals';
import { Field } from '../account/field.tsx';
import { proofIn, SecondFactorFields } from '../account/second-factor-fields.tsx';
import { authenticateAgain, sendSecondFactor, type LoginAnswer, type Proof, type SecondFactorAsked } from '../app/session.ts';
import { Dialog } from '../parts/dialog.tsx';
import { t } from '../text/text.ts';
import { asking, useAction, type Asking } from './action.ts';
import { SettingForm } from './form-parts.tsx';

export const AskAgain = () => (asking.value === undefined ? null : <AskAgainDialog asking={asking.value} />);

function AskAgainDialog({ asking: { onLoggedIn, onClose } }: { readonly asking: Asking }) {
  const action = useAction();
  const asked = useSignal<SecondFactorAsked | undefined>(undefined);
  const proceed = (answer: LoginAnswer) => {
    if (answer.outcome === 'second-factor') asked.value = answer;
    else onLoggedIn();
  };
  const prove = async (proof: Proof) => {
    if (asked.value !== undefined) proceed(await sendSecondFactor({ ticket: asked.value.ticket, ...proof }));
  };
  return (
    <Dialog title={t('settings.again')} onClose={onClose}>
      {asked.value === undefined ? (
        <SettingForm
          action={action}
          button={t('settings.continue')}
          done=""
          onSend={async ({ again = '' }) => proceed(await authenticateAgain(again))}
          key="password"
        >
          <p>{t('settings.againHint')}</p>
          <Field name="again" type="password" label={t('account.password')} autocomplete="current-password" />
        </SettingForm>
      ) : (
        <SettingForm action={action} button={t('account.confirm')} done="" onSend={(fields) => prove(proofIn(fields))} key="second-factor">
          <SecondFactorFields asked={asked.value} onProof={prove} />
        </SettingForm>
      )}
    </Dialog>
  );
}
