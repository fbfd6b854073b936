/** What one does with a person: follow, befriend, write to, mute, block and report. */
import { useSignal } from '@preact/signals';
import { failureText } from '../app/session.ts';
import { Icon } from '../parts/icon.tsx';
import { Menu, type MenuItem } from '../parts/menu.tsx';
import { t } from '../text/text.ts';
import { answer, befriend, refusal, requests, talkTo, unfriend } from './friendship.ts';
import { setRelation, type Person, type RelationKind } from './relations.ts';
import { ReportDialog } from './report-dialog.tsx';

type ActionsProps = {
  readonly person: Person;
  /** Shown at once. */
  readonly onChange: (changed: Person) => void;
  /** What else has changed with it is read anew. */
  readonly onReload: () => void;
};

const FIELDS = { follow: 'followed', mute: 'muted', block: 'blocked' } as const satisfies Readonly<Record<RelationKind, keyof Person>>;

export function ProfileActions({ person, onChange, onReload }: ActionsProps) {
  const isReporting = useSignal(false);
  const { id, erased, friend, followed, blocked, muted } = person;
  const set = async (kind: RelationKind, isSet: boolean) => {
    const followers = person.followers + (kind === 'follow' ? (isSet ? 1 : -1) : 0);
    refusal.value = undefined;
    onChange({ ...person, [FIELDS[kind]]: isSet, followers: Math.max(0, followers) });
    try {
      await setRelation(kind, id, isSet);
      if (kind === 'block') onReload();
    } catch (error) {
      onChange(person);
      refusal.value = failureText(error);
    }
  };
  if (erased) return null;
  if (blocked)
    return (
      <p class="person-actions">
        <button type="button" class="quiet" onClick={() => void set('block', false)}>
          {t('people.unblock')}
        </button>
      </p>
    );
  const items = (): readonly MenuItem[] => [
    ...(friend ? [{ text: t('people.unfriend'), onChoose: () => void unfriend(id).then(onReload) }] : []),
    { text: t(muted ? 'people.unmute' : 'people.mute'), onChoose: () => void set('mute', !muted) },
    { text: t('people.block'), isWarning: true, onChoose: () => void set('block', true) },
    { text: t('report.person'), isWarning: true, onChoose: () => (isReporting.value = true) },
  ];
  return (
    <>
      <p class="person-actions profile-actions">
        <button type="button" class={followed ? 'quiet' : 'primary'} aria-pressed={followed} onClick={() => void set('follow', !followed)}>
          {t(followed ? 'people.following' : 'people.follow')}
        </button>
        <Friendship person={person} onReload={onReload} />
        <button type="button" class="quiet" onClick={() => void talkTo(id)}>
          {t('people.message')}
        </button>
        <Menu label={t('people.more')} class="bare" items={items}>
          <Icon name="more" />
        </Menu>
      </p>
      {muted && <p class="hint">{t('people.mutedHint')}</p>}
      {isReporting.value && <ReportDialog subject={{ kind: 'person', person: id }} onClose={() => (isReporting.value = false)} />}
    </>
  );
}

function Friendship({ person: { id, friend }, onReload }: { readonly person: Person; readonly onReload: () => void }) {
  const sent = requests.value?.sent.find(({ person }) => person.id === id);
  const received = requests.value?.received.find(({ person }) => person.id === id);
  if (friend) return <span class="hint">{t('people.isFriend')}</span>;
  if (received !== undefined)
    return (
      <button type="button" class="primary" onClick={() => void answer(received.id, 'accept').then(onReload)}>
        {t('people.accept')}
      </button>
    );
  if (sent !== undefined)
    return (
      <button type="button" class="quiet" onClick={() => void answer(sent.id, 'withdraw').then(onReload)}>
        {t('people.withdrawRequest')}
      </button>
    );
  return (
    <button type="button" class="quiet" onClick={() => void befriend(id).then(onReload)}>
      {t('people.befriend')}
    </button>
  );
}
