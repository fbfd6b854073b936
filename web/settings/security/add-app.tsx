/** Adds an authenticator app: its secret is shown as a picture to scan and as letters to type, and taken once a code of it is. */
import { useSignal } from '@preact/signals';
import { Field } from '../../account/field.tsx';
import { me, session } from '../../app/session.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { lazy } from '../../parts/lazy.tsx';
import { t } from '../../text/text.ts';
import { useAction } from '../action.ts';
import { SettingForm } from '../form-parts.tsx';

const QrCode = lazy(async () => (await import('./qr-code.tsx')).QrCode);
const FOURS = /.{1,4}/g;

type Setup = { readonly factor: string; readonly secret: string; readonly uri: string };
export type AddingProps = { readonly onAdded: (recoveryCodes: readonly string[] | null) => void; readonly onClose: () => void };

export function AddApp({ onAdded, onClose }: AddingProps) {
  const action = useAction();
  const setup = useSignal<Setup | undefined>(undefined);
  const begin = async ({ name = '' }: Readonly<Record<string, string>>) => {
    const body = { name, accountName: accountName() };
    setup.value = (await session.value?.tidings.write.POST('/v1/me/second-factors/totp', { body }))?.data;
  };
  const confirm = async ({ code = '' }: Readonly<Record<string, string>>) => {
    const params = { path: { factor: setup.value?.factor ?? '' } };
    const confirmed = await session.value?.tidings.write.POST('/v1/me/second-factors/{factor}/confirm', { params, body: { code: code.replaceAll(/\s/g, '') } });
    onAdded(confirmed?.data?.recoveryCodes ?? null);
  };
  return (
    <Dialog title={t('settings.addApp')} onClose={onClose}>
      {setup.value === undefined ? (
        <SettingForm action={action} button={t('settings.continue')} done="" onSend={begin} key="name">
          <Field name="name" label={t('settings.factorName')} hint={t('settings.factorNameHint')} autocomplete="off" />
        </SettingForm>
      ) : (
        <SettingForm action={action} button={t('account.confirm')} done="" onSend={confirm} key="code">
          <p>{t('settings.scan')}</p>
          <QrCode text={setup.value.uri} label={t('settings.qrCode')} />
          <p class="hint">{t('settings.orType')}</p>
          <code class="secret">{setup.value.secret.match(FOURS)?.join(' ')}</code>
          <Field name="code" label={t('account.code')} hint={t('settings.codeOfApp')} autocomplete="one-time-code" plain />
        </SettingForm>
      )}
    </Dialog>
  );
}

/** What apps and keys show for the account; it is kept nowhere. */
export const accountName = (): string => me.value?.name ?? 'Tidings';
