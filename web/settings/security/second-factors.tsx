/** Authenticator apps and security keys that logging in asks for after the password, and the codes in place of them. */
import { useSignal } from '@preact/signals';
import { session } from '../../app/session.ts';
import { Failure, Skeleton } from '../../parts/states.tsx';
import { dateText } from '../../parts/time.tsx';
import { t } from '../../text/text.ts';
import { useAction } from '../action.ts';
import { AddApp } from './add-app.tsx';
import { AddKey } from './add-key.tsx';
import { Outcome, Section } from '../form-parts.tsx';
import { useRead } from '../read-list.ts';
import { RecoveryCodes } from './recovery-codes.tsx';

export function SecondFactors() {
  const action = useAction();
  const adding = useSignal<'app' | 'key' | undefined>(undefined);
  const codes = useSignal<readonly string[] | undefined>(undefined);
  const { value, failure, again } = useRead(async ({ write }) => (await write.GET('/v1/me/second-factors', {})).data);
  const factors = value.value?.factors ?? [];
  const remove = (factor: string) =>
    action.run(async () => {
      await session.value?.tidings.write.DELETE('/v1/me/second-factors/{factor}', { params: { path: { factor } } });
      await again();
    });
  const makeCodes = () =>
    action.run(async () => {
      codes.value = (await session.value?.tidings.write.POST('/v1/me/recovery-codes', {}))?.data?.recoveryCodes;
      await again();
    });
  /** With the first factor come the codes. */
  const added = (made: readonly string[] | null) => {
    adding.value = undefined;
    codes.value = made ?? undefined;
    void again();
  };
  return (
    <Section title={t('settings.secondFactors')} hint={t('settings.secondFactorsHint')}>
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void again()} />}
      {value.value === undefined && failure.value === undefined && <Skeleton rows={1} />}
      <ul class="setting-list">
        {factors.map(({ factor, kind, name, addedAt }) => (
          <li key={factor}>
            <div class="setting-entry">
              <b>
                <bdi>{name ?? t(`settings.kind.${kind}`)}</bdi>
              </b>
              <p class="hint">
                {t(`settings.kind.${kind}`)}
                {addedAt !== null && ` · ${dateText(addedAt)}`}
              </p>
            </div>
            <button type="button" class="quiet" onClick={() => void remove(factor)}>
              {t('settings.remove')}
            </button>
          </li>
        ))}
      </ul>
      <div class="setting-buttons">
        <button type="button" class="quiet" onClick={() => (adding.value = 'app')}>
          {t('settings.addApp')}
        </button>
        <button type="button" class="quiet" onClick={() => (adding.value = 'key')}>
          {t('settings.addKey')}
        </button>
      </div>
      {factors.length > 0 && (
        <div class="setting-buttons">
          <span>{t('settings.codesLeft', { count: value.value?.recoveryCodesLeft ?? 0 })}</span>
          <button type="button" class="quiet" onClick={() => void makeCodes()}>
            {t('settings.makeCodes')}
          </button>
        </div>
      )}
      <Outcome of={action} />
      {adding.value === 'app' && <AddApp onAdded={added} onClose={() => (adding.value = undefined)} />}
      {adding.value === 'key' && <AddKey onAdded={added} onClose={() => (adding.value = undefined)} />}
      {codes.value !== undefined && <RecoveryCodes codes={codes.value} onClose={() => (codes.value = undefined)} />}
    </Section>
  );
}
