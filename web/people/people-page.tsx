/** Finding people, and the requests and friends that the person has. */
import { signal, useSignal, type Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { paths } from '../../client/http/generated/read-api.ts';
import { failureText, session } from '../app/session.ts';
import { useKept } from '../parts/kept.ts';
import { More } from '../parts/more.tsx';
import { listed, type Listed } from '../parts/pages.ts';
import { Failure } from '../parts/states.tsx';
import { t } from '../text/text.ts';
import { answer, befriend, follows, friends, loadPeople, refusal, requests, talkTo } from './friendship.ts';
import { PersonRow } from './person-row.tsx';
import { setRelation } from './relations.ts';

type Found = paths['/v1/people']['get']['responses'][200]['content']['application/json']['people'][number];
const SEARCH_AFTER_MS = 250;

export function PeoplePage() {
  const visit = useKept('people', () => ({ isRead: false }));
  useEffect(() => {
    refusal.value = undefined;
    if (!visit.isRead) void loadPeople();
    visit.isRead = true;
  }, [visit]);
  const { received = [], sent = [] } = requests.value ?? {};
  return (
    <>
      <h1 tabIndex={-1}>{t('people.title')}</h1>
      <Search />
      {refusal.value !== undefined && <Failure text={refusal.value} />}
      {received.length > 0 && (
        <List title={t('people.requests')}>
          {received.map(({ id, person }) => (
            <PersonRow person={person} key={id}>
              <button type="button" class="primary" onClick={() => void answer(id, 'accept')}>
                {t('people.accept')}
              </button>
              <button type="button" class="quiet" onClick={() => void answer(id, 'refuse')}>
                {t('people.refuse')}
              </button>
            </PersonRow>
          ))}
        </List>
      )}
      {sent.length > 0 && (
        <List title={t('people.sent')}>
          {sent.map(({ id, person }) => (
            <PersonRow person={person} key={id}>
              <button type="button" class="quiet" onClick={() => void answer(id, 'withdraw')}>
                {t('people.withdraw')}
              </button>
            </PersonRow>
          ))}
        </List>
      )}
      <Friends />
      <Follows />
    </>
  );
}

function Friends() {
  const { entries, next, failure, readMore } = friends.value;
  return (
    <List title={t('people.friends')}>
      {entries.value.map((person) => (
        <PersonRow person={person} key={person.id}>
          <button type="button" class="quiet" onClick={() => void talkTo(person.id)}>
            {t('people.message')}
          </button>
        </PersonRow>
      ))}
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void readMore()} />}
      {typeof next.value === 'string' && <More onNear={() => void readMore()} key={next.value} />}
      {next.value === null && entries.value.length === 0 && <li class="hint">{t('people.noFriends')}</li>}
    </List>
  );
}

/** Friends are followed without being asked; these are the others. */
function Follows() {
  const { entries, next, readMore } = follows.value;
  const taken = useSignal<Readonly<Record<string, string>>>({});
  const set = async (person: string, isFollowed: boolean) => {
    const { [person]: _, ...others } = taken.value;
    taken.value = isFollowed ? others : { ...others, [person]: '' };
    try {
      await setRelation('follow', person, isFollowed);
    } catch (error) {
      taken.value = { ...others, ...(isFollowed ? { [person]: failureText(error) } : {}) };
      if (!isFollowed) refusal.value = failureText(error);
    }
  };
  if (entries.value.length === 0) return null;
  return (
    <List title={t('people.followed')}>
      {entries.value.map((person) => (
        <PersonRow person={person} key={person.id}>
          <button type="button" class="quiet" aria-pressed={!(person.id in taken.value)} onClick={() => void set(person.id, person.id in taken.value)}>
            {t(person.id in taken.value ? 'people.follow' : 'people.following')}
          </button>
        </PersonRow>
      ))}
      {typeof next.value === 'string' && <More onNear={() => void readMore()} key={next.value} />}
    </List>
  );
}

type Kept = { readonly text: Signal<string>; readonly q: Signal<string>; readonly found: Signal<Listed<Found> | undefined> };

function Search() {
  const { text, q, found } = useKept<Kept>('people-search', () => ({ text: signal(''), q: signal(''), found: signal(undefined) }));
  useEffect(() => {
    const asked = text.value.trim();
    if (asked === q.peek()) return undefined;
    const timer = setTimeout(() => {
      q.value = asked;
      found.value = asked === '' ? undefined : listed((after) => seek(asked, after));
      void found.value?.readMore();
    }, SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text.value]);
  const shown = found.value;
  const isAsked = (person: string) => requests.value?.sent.some((one) => one.person.id === person) === true;
  return (
    <search>
      <div class="field">
        <label for="search">{t('people.search')}</label>
        <input
          id="search"
          type="search"
          data-search
          autoComplete="off"
          value={text}
          aria-describedby="search-hint"
          onInput={({ currentTarget }) => (text.value = currentTarget.value)}
        />
        <p class="hint" id="search-hint">
          {t('people.searchHint')}
        </p>
      </div>
      <div role="status">{shown?.next.value === null && shown.entries.value.length === 0 && <p class="hint">{t('people.none')}</p>}</div>
      {shown?.failure.value !== undefined && <Failure text={shown.failure.value} onRetry={() => void shown.readMore()} />}
      {shown !== undefined && shown.entries.value.length > 0 && (
        <List title={t('people.results')}>
          {shown.entries.value.map(({ friend, ...person }) => (
            <PersonRow person={person} key={person.id}>
              {person.id === session.value?.person ? (
                <span class="hint">{t('people.isYou')}</span>
              ) : (
                <>
                  {friend && <span class="hint">{t('people.isFriend')}</span>}
                  {!friend && isAsked(person.id) && <span class="hint">{t('people.asked')}</span>}
                  {!friend && !isAsked(person.id) && (
                    <button type="button" class="primary" onClick={() => void befriend(person.id)}>
                      {t('people.befriend')}
                    </button>
                  )}
                  <button type="button" class="quiet" onClick={() => void talkTo(person.id)}>
                    {t('people.message')}
                  </button>
                </>
              )}
            </PersonRow>
          ))}
          {typeof shown.next.value === 'string' && <More onNear={() => void shown.readMore()} key={shown.next.value} />}
        </List>
      )}
    </search>
  );
}

async function seek(q: string, after: string | undefined) {
  const query = { q, ...(after === undefined ? {} : { after }) };
  const page = (await session.value?.tidings.read.GET('/v1/people', { params: { query } }))?.data;
  return { entries: page?.people ?? [], next: page?.next ?? null };
}

const List = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }) => (
  <section>
    <h2>{title}</h2>
    <ul class="people">{children}</ul>
  </section>
);
