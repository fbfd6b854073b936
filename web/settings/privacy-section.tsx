/** What others learn of the person, and whom the person mutes and blocks. */
import { useEffect } from 'preact/hooks';
import { me, session } from '../app/session.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Name } from '../parts/name.tsx';
import { listed } from '../parts/pages.ts';
import { Failure, Skeleton } from '../parts/states.tsx';
import { t } from '../text/text.ts';
import { changeProfile } from './account-section.tsx';
import { useAction } from './action.ts';
import { Choice, Outcome, Section, Switch } from './form-parts.tsx';
import { useRead } from './read-list.ts';
import { useSignal } from '@preact/signals';

const AUDIENCES = ['everyone', 'friends', 'nobody'] as const;

export function PrivacySection() {
  return (
    <>
      <WhatOthersLearn />
      <HiddenPeople kind="mutes" />
      <HiddenPeople kind="blocks" />
    </>
  );
}

function WhatOthersLearn() {
  const action = useAction();
  const { value, failure, again } = useRead(async ({ read }) => (await read.GET('/v1/me/privacy', {})).data);
  const privacy = value.value;
  const change = async (changes: Partial<NonNullable<typeof privacy>>) => {
    if (privacy === undefined) return;
    value.value = { ...privacy, ...changes };
    const isDone = await action.run(async () => session.value?.tidings.write.PATCH('/v1/me/privacy', { body: changes }));
    if (isDone) return;
    value.value = privacy;
    await again(); // what was chosen since is not undone with it
  };
  const find = async (findable: boolean) => {
    const before = me.value;
    if (before !== undefined) me.value = { ...before, findable };
    if (!(await action.run(() => changeProfile({ findable })))) me.value = before;
  };
  return (
    <Section title={t('settings.othersLearn')}>
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void again()} />}
      {privacy === undefined && failure.value === undefined && <Skeleton rows={1} />}
      {privacy !== undefined && (
        <>
          <Switch
            label={t('settings.readReceipts')}
            hint={t('settings.readReceiptsHint')}
            isOn={privacy.readReceipts}
            onChange={(readReceipts) => void change({ readReceipts })}
          />
          <Switch
            label={t('settings.invisible')}
            hint={t('settings.invisibleHint')}
            isOn={privacy.invisible}
            onChange={(invisible) => void change({ invisible })}
          />
          {me.value !== undefined && (
            <Switch label={t('settings.findable')} hint={t('settings.findableHint')} isOn={me.value.findable} onChange={(findable) => void find(findable)} />
          )}
          <Choice
            label={t('settings.presence')}
            value={privacy.presence}
            options={AUDIENCES.map((audience) => [audience, t(`settings.audience.${audience}`)] as const)}
            onChange={(presence) => void change({ presence: presence as (typeof AUDIENCES)[number] })}
          />
        </>
      )}
      <Outcome of={action} />
    </Section>
  );
}

type Hidden = { readonly id: string; readonly name: string | null; readonly picture?: string | null };

/** Whom the person lets go stays in their place until the page is read again. */
function HiddenPeople({ kind }: { readonly kind: 'mutes' | 'blocks' }) {
  const action = useAction();
  const people = useSignal(
    listed<Hidden>(async (after) => {
      const query = after === undefined ? {} : { after };
      const read = session.value?.tidings.read;
      const page = (await (kind === 'mutes' ? read?.GET('/v1/me/mutes', { params: { query } }) : read?.GET('/v1/me/blocks', { params: { query } })))?.data;
      return { entries: page?.people ?? [], next: page?.next ?? null };
    }),
  );
  const letGo = useSignal<ReadonlySet<string>>(new Set());
  const { entries, next, failure, readMore } = people.value;
  useEffect(() => void readMore(), []);
  const change = (person: string, isHidden: boolean) =>
    action.run(async () => {
      const write = session.value?.tidings.write;
      const params = { path: { person } };
      const path = kind === 'mutes' ? '/v1/me/mutes/{person}' : '/v1/me/blocks/{person}';
      await (isHidden ? write?.PUT(path, { params }) : write?.DELETE(path, { params }));
      const now = new Set(letGo.value);
      if (isHidden) now.delete(person);
      else now.add(person);
      letGo.value = now;
    });
  return (
    <Section title={t(`settings.${kind}`)} hint={t(`settings.${kind}Hint`)}>
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void readMore()} />}
      {next.value === undefined && failure.value === undefined && <Skeleton rows={1} />}
      {next.value === null && entries.value.length === 0 && <p class="hint">{t('settings.nobody')}</p>}
      <ul class="setting-list">
        {entries.value.map((person) => (
          <li key={person.id}>
            <Avatar person={{ id: person.id, name: person.name, picture: person.picture ?? undefined }} />
            <span class="setting-entry">
              <Name of={person.name} />
            </span>
            <button type="button" class="quiet" onClick={() => void change(person.id, letGo.value.has(person.id))}>
              {t(letGo.value.has(person.id) ? `settings.${kind}Again` : `settings.${kind}End`)}
            </button>
          </li>
        ))}
      </ul>
      {typeof next.value === 'string' && (
        <button type="button" class="quiet" onClick={() => void readMore()}>
          {t('app.more')}
        </button>
      )}
      <Outcome of={action} />
    </Section>
  );
}
