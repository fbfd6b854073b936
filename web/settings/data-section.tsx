/** What the person takes with them, and leaving for good. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Field } from '../account/field.tsx';
import { logOut, me, session } from '../app/session.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Failure, Skeleton } from '../parts/states.tsx';
import { dateText } from '../parts/time.tsx';
import { t } from '../text/text.ts';
import { language } from '../text/language.ts';
import { useAction } from './action.ts';
import { Outcome, Section, SettingForm } from './form-parts.tsx';
import { useRead } from './read-list.ts';

const LOOK_AGAIN_MS = 2_000;
const KILOBYTE = 1_000;
const MEGABYTE = 1_000_000;

export function DataSection() {
  return (
    <>
      <Exports />
      <Leaving />
    </>
  );
}

function Exports() {
  const action = useAction();
  const { value, failure, again } = useRead(async ({ read }) => (await read.GET('/v1/me/exports', {})).data?.exports);
  const exports = value.value;
  const isMaking = exports?.some(({ status }) => status === 'making') === true;
  useEffect(() => {
    if (!isMaking) return;
    const timer = setInterval(() => void again(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isMaking]);
  const ask = () =>
    action.run(async () => {
      await session.value?.tidings.write.POST('/v1/me/exports', {});
      await again();
    });
  const end = (id: string) =>
    action.run(async () => {
      await session.value?.tidings.write.DELETE('/v1/me/exports/{export}', { params: { path: { export: id } } });
      await again();
    });
  return (
    <Section title={t('settings.exports')} hint={t('settings.exportsHint')}>
      <button type="button" class="quiet" aria-disabled={action.isRunning.value} onClick={() => void (action.isRunning.value || ask())}>
        {t('settings.export')}
      </button>
      <Outcome of={action} done="" />
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void again()} />}
      {exports === undefined && failure.value === undefined && <Skeleton rows={1} />}
      <ul class="setting-list">
        {exports?.map(({ id, subject, status, percent, bytes, reason, at, expiresAt, url }) => (
          <li key={id}>
            <div class="setting-entry">
              <b>{t(`settings.export.${subject}`)}</b>
              <p class="hint">
                {dateText(at)}
                {status === 'ready' && ` · ${sizeText(bytes ?? 0)}`}
                {expiresAt !== null && status === 'ready' && ` · ${t('settings.keptUntil', { date: dateText(expiresAt) })}`}
                {status === 'ended' && ` · ${t(`settings.ended.${reason ?? 'expired'}`)}`}
              </p>
              {status === 'making' && <progress value={percent} max={100} aria-label={t('settings.making')} />}
            </div>
            {url !== null && (
              <a class="button" href={url} download="" target="_blank" rel="noopener">
                {t('settings.download')}
              </a>
            )}
            {status !== 'ended' && (
              <button type="button" class="quiet" onClick={() => void end(id)}>
                {t('settings.delete')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function sizeText(bytes: number): string {
  const [unit, size] = bytes < MEGABYTE ? (['kilobyte', bytes / KILOBYTE] as const) : (['megabyte', bytes / MEGABYTE] as const);
  return new Intl.NumberFormat(language.value, { style: 'unit', unit, maximumFractionDigits: 1 }).format(size);
}

/** There is no way back, so the person types their name first. */
function Leaving() {
  const action = useAction();
  const isAsking = useSignal(false);
  const isNameWrong = useSignal(false);
  const erase = async ({ own = '' }: Readonly<Record<string, string>>) => {
    isNameWrong.value = own.trim() !== (me.value?.name ?? '').trim();
    if (isNameWrong.value) return;
    await session.value?.tidings.write.DELETE('/v1/me', {});
    await logOut();
  };
  return (
    <Section title={t('settings.leave')} hint={t('settings.leaveHint')}>
      <button type="button" class="leave" onClick={() => (isAsking.value = true)}>
        {t('settings.deleteAccount')}
      </button>
      {isAsking.value && (
        <Dialog title={t('settings.deleteAccount')} onClose={() => (isAsking.value = false)}>
          <SettingForm action={action} button={t('settings.deleteForGood')} done="" isFinal onSend={erase}>
            <p>{t('settings.leaveWarning')}</p>
            <p>
              {t('settings.typeName')} <b>{me.value?.name}</b>
            </p>
            <Field name="own" label={t('account.name')} autocomplete="off" />
            <p class="form-failure" role="alert">
              {isNameWrong.value && t('settings.nameDiffers')}
            </p>
          </SettingForm>
        </Dialog>
      )}
    </Section>
  );
}
