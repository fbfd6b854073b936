/** What protects the account: the password, second factors, and where the person is logged in. */
import { Field } from '../../account/field.tsx';
import { session } from '../../app/session.ts';
import { t } from '../../text/text.ts';
import { useAction } from '../action.ts';
import { Section, SettingForm } from '../form-parts.tsx';
import { SecondFactors } from './second-factors.tsx';
import { Sessions } from './sessions.tsx';

const PASSWORD_CHARACTERS_MIN = 8;

export function SecuritySection() {
  return (
    <>
      <Password />
      <SecondFactors />
      <Sessions />
    </>
  );
}

function Password() {
  const action = useAction();
  const change = async ({ password = '', newPassword = '' }: Readonly<Record<string, string>>) =>
    session.value?.tidings.write.PUT('/v1/me/password', { body: { password, newPassword } });
  return (
    <Section title={t('account.password')} hint={t('settings.passwordHint')}>
      <SettingForm action={action} button={t('settings.changePassword')} done={t('settings.passwordChanged')} isReset onSend={change}>
        <Field name="password" type="password" label={t('settings.oldPassword')} autocomplete="current-password" />
        <Field
          name="newPassword"
          type="password"
          label={t('settings.newPassword')}
          hint={t('account.passwordHint')}
          autocomplete="new-password"
          minLength={PASSWORD_CHARACTERS_MIN}
        />
      </SettingForm>
    </Section>
  );
}
