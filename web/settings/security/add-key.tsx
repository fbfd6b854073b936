/** Adds a security key, or the lock of a device. */
import { useSignal } from '@preact/signals';
import { Field } from '../../account/field.tsx';
import { createKey, KeyFailed } from '../../account/security-key.ts';
import { session } from '../../app/session.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { t } from '../../text/text.ts';
import { useAction } from '../action.ts';
import { accountName, type AddingProps } from './add-app.tsx';
import { SettingForm } from '../form-parts.tsx';

export function AddKey({ onAdded, onClose }: AddingProps) {
  const action = useAction();
  const failure = useSignal<string | undefined>(undefined);
  const add = async ({ name = '' }: Readonly<Record<string, string>>) => {
    failure.value = undefined;
    const write = session.value?.tidings.write;
    const setup = (await write?.POST('/v1/me/second-factors/webauthn', { body: { name, accountName: accountName() } }))?.data;
    if (write === undefined || setup === undefined) return;
    try {
      const credential = await createKey(setup.options);
      const params = { path: { factor: setup.factor } };
      onAdded((await write.POST('/v1/me/second-factors/{factor}/confirm', { params, body: { credential } })).data?.recoveryCodes ?? null);
    } catch (error) {
      if (!(error instanceof KeyFailed)) throw error;
      failure.value = t(error.reason);
    }
  };
  return (
    <Dialog title={t('settings.addKey')} onClose={onClose}>
      <SettingForm action={action} button={t('settings.continue')} done="" onSend={add}>
        <p>{t('settings.keyHint')}</p>
        <Field name="name" label={t('settings.factorName')} hint={t('settings.factorNameHint')} autocomplete="off" />
        <p class="form-failure" role="alert">
          {failure}
        </p>
      </SettingForm>
    </Dialog>
  );
}
