/** The person's email address and telephone number, each taken once a code that was sent there is typed. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { components } from '../../../client/http/generated/read-api.ts';
import { me, session } from '../../app/session.ts';
import { Failure, Skeleton } from '../../parts/states.tsx';
import { t } from '../../text/text.ts';
import { useAction } from '../action.ts';
import { Outcome, Section, SettingForm } from '../form-parts.tsx';
import { useRead } from '../read-list.ts';

const KINDS = ['email', 'phone'] as const;
type Kind = (typeof KINDS)[number];
type Contact = components['schemas']['PreferencePage']['contacts'][number];

export function Contacts() {
  const { value, failure, again } = useRead(async ({ read }) => (await read.GET('/v1/me/contacts', {})).data?.contacts);
  return (
    <Section title={t('settings.contacts')} hint={t('settings.contactsHint')}>
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void again()} />}
      {value.value === undefined && failure.value === undefined && <Skeleton rows={1} />}
      {value.value !== undefined &&
        KINDS.map((kind) => <ContactOf kind={kind} contacts={(value.value ?? []).filter((contact) => contact.kind === kind)} onChanged={again} key={kind} />)}
    </Section>
  );
}

type ContactProps = { readonly kind: Kind; readonly contacts: readonly Contact[]; readonly onChanged: () => Promise<void> };

function ContactOf({ kind, contacts, onChanged }: ContactProps) {
  const action = useAction();
  const isChanging = useSignal(false);
  const confirmed = contacts.find((contact) => contact.confirmed);
  const unconfirmed = contacts.find((contact) => !contact.confirmed);
  const params = { path: { kind } };
  const set = async ({ address = '' }: Readonly<Record<string, string>>) => {
    const country = me.value?.country ?? undefined;
    await session.value?.tidings.write.PUT('/v1/me/contacts/{kind}', {
      params,
      body: { address, ...(kind === 'phone' && country !== undefined ? { country } : {}) },
    });
    isChanging.value = false;
    await onChanged();
  };
  const confirm = async ({ code = '' }: Readonly<Record<string, string>>) => {
    await session.value?.tidings.write.POST('/v1/me/contacts/{kind}/confirm', { params, body: { code: code.replaceAll(/\s/g, '') } });
    await onChanged();
  };
  const remove = () =>
    action.run(async () => {
      await session.value?.tidings.write.DELETE('/v1/me/contacts/{kind}', { params });
      await onChanged();
    });
  return (
    <div class="contact">
      <div class="setting-row">
        <div class="setting-entry">
          <b>{t(`settings.contact.${kind}`)}</b>
          <p>{confirmed === undefined ? <span class="hint">{t('settings.none')}</span> : <bdi>{confirmed.address}</bdi>}</p>
          {typeof confirmed?.blocked === 'string' && <p class="undone">{t('settings.blockedAddress')}</p>}
        </div>
        <button type="button" class="quiet" aria-expanded={isChanging.value} onClick={() => (isChanging.value = !isChanging.value)}>
          {t(confirmed === undefined && unconfirmed === undefined ? 'settings.add' : 'settings.change')}
        </button>
        {contacts.length > 0 && (
          <button type="button" class="quiet" onClick={() => void remove()}>
            {t('settings.remove')}
          </button>
        )}
      </div>
      {isChanging.value && (
        <SettingForm action={action} button={t('settings.sendCode')} done="" onSend={set} key="address">
          <Plain name="address" label={t(`settings.contact.${kind}`)} type={kind === 'email' ? 'email' : 'tel'} />
        </SettingForm>
      )}
      {!isChanging.value && unconfirmed !== undefined && (
        <SettingForm action={action} button={t('account.confirm')} done="" onSend={confirm} key="code">
          <p>
            {t('settings.codeSent')} <bdi>{unconfirmed.address}</bdi>
          </p>
          <Plain name="code" label={t('account.code')} type="text" />
        </SettingForm>
      )}
      {!isChanging.value && unconfirmed === undefined && <Outcome of={action} />}
    </div>
  );
}

function Plain({ name, label, type }: { readonly name: string; readonly label: string; readonly type: 'email' | 'tel' | 'text' }) {
  const attributes = { id: useId(), name, required: true, spellcheck: false } as const;
  return (
    <div class="field">
      <label for={attributes.id}>{label}</label>
      {type === 'email' && <input type="email" autoComplete="email" {...attributes} />}
      {type === 'tel' && <input type="tel" autoComplete="tel" {...attributes} />}
      {type === 'text' && <input type="text" autoComplete="one-time-code" {...attributes} />}
    </div>
  );
}
