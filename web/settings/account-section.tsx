/** How others see the person, and in which language, zone and country they are told things. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { Field } from '../account/field.tsx';
import { me, session, type Me } from '../app/session.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Skeleton } from '../parts/states.tsx';
import { chooseLanguage, language, LANGUAGE_NAMES } from '../text/language.ts';
import { t } from '../text/text.ts';
import { useAction } from './action.ts';
import { Choice, Outcome, ownZone, Section, SettingForm } from './form-parts.tsx';
import { countries, languagesToldIn, zones } from './places.ts';

export type ProfileChange = {
  readonly name?: string;
  readonly about?: string;
  readonly picture?: { readonly media: string; readonly alt?: string } | null;
  readonly timeZone?: string;
  readonly language?: string;
  readonly country?: string;
  readonly findable?: boolean;
};

/** What the person's own pages show of them is read again. */
export async function changeProfile(body: ProfileChange): Promise<void> {
  const tidings = session.value?.tidings;
  await tidings?.write.PATCH('/v1/me', { body });
  me.value = (await tidings?.read.GET('/v1/me', {}))?.data ?? me.value;
}

export function AccountSection() {
  const own = me.value;
  if (own === undefined) return <Skeleton />;
  return (
    <>
      <Picture own={own} />
      <Profile own={own} key={own.id} />
      <Places own={own} />
    </>
  );
}

function Profile({ own }: { readonly own: Me }) {
  const action = useAction();
  return (
    <Section title={t('settings.profile')}>
      <SettingForm action={action} button={t('settings.save')} onSend={({ name = '', about = '' }) => changeProfile({ name, about })}>
        <Field name="name" label={t('account.name')} hint={t('account.nameHint')} autocomplete="name" value={own.name ?? ''} />
        <div class="field">
          <label for="about">{t('settings.about')}</label>
          <textarea id="about" name="about" rows={3} dir="auto">
            {own.about ?? ''}
          </textarea>
        </div>
      </SettingForm>
    </Section>
  );
}

const PICTURES = 'image/jpeg,image/png,image/webp,image/avif,image/gif';

function Picture({ own }: { readonly own: Me }) {
  const action = useAction();
  const percent = useSignal<number | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const send = (file: File) =>
    action.run(async () => {
      try {
        const onProgress = ({ sentBytes, totalBytes }: { readonly sentBytes: number; readonly totalBytes: number }) =>
          void (percent.value = Math.round((sentBytes / Math.max(totalBytes, 1)) * 100));
        const media = await session.value?.tidings.upload(file, { onProgress });
        if (media !== undefined) await changeProfile({ picture: { media } });
      } finally {
        percent.value = undefined;
      }
    });
  return (
    <Section title={t('settings.picture')}>
      <div class="own-picture">
        <Avatar person={{ id: own.id, name: own.name, picture: own.picture?.small?.url ?? own.picture?.full.url }} size="large" />
        <input
          ref={input}
          type="file"
          hidden
          accept={PICTURES}
          aria-label={t('settings.choosePicture')}
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            currentTarget.value = '';
            if (file !== undefined) void send(file);
          }}
        />
        <button type="button" class="quiet" aria-disabled={action.isRunning.value} onClick={() => input.current?.click()}>
          {t(own.picture === null ? 'settings.choosePicture' : 'settings.otherPicture')}
        </button>
        {own.picture !== null && (
          <button type="button" class="quiet" onClick={() => void action.run(() => changeProfile({ picture: null }))}>
            {t('settings.removePicture')}
          </button>
        )}
        {percent.value !== undefined && <progress value={percent.value} max={100} aria-label={t('settings.uploading')} />}
      </div>
      <Outcome of={action} />
    </Section>
  );
}

function Places({ own }: { readonly own: Me }) {
  const action = useAction();
  const change = (body: ProfileChange) => void action.run(() => changeProfile(body));
  const zone = own.timeZone ?? '';
  return (
    <Section title={t('settings.places')} hint={t('settings.placesHint')}>
      <Choice label={t('settings.pageLanguage')} value={language.value} options={Object.entries(LANGUAGE_NAMES)} onChange={chooseLanguage} />
      <Choice label={t('settings.toldIn')} value={own.language ?? ''} options={languagesToldIn(own.language)} onChange={(tag) => change({ language: tag })} />
      <Choice label={t('settings.timeZone')} value={zone} options={zones(own.timeZone)} onChange={(timeZone) => change({ timeZone })} />
      {zone !== ownZone() && (
        <button type="button" class="quiet" onClick={() => change({ timeZone: ownZone() })}>
          {t('settings.zoneHere', { zone: ownZone() })}
        </button>
      )}
      <Choice label={t('settings.country')} value={own.country ?? ''} options={countries(own.country)} onChange={(country) => change({ country })} />
      <Outcome of={action} />
    </Section>
  );
}
