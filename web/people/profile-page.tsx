/** A person, what one does with them, and their posts. */
import { signal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { failureText, session } from '../app/session.ts';
import { PostCard } from '../feed/card/post-card.tsx';
import { shown, type PostSignal } from '../feed/posts.ts';
import { Rows } from '../feed/rows.tsx';
import { pinned as ownPins } from '../feed/saved.ts';
import { MediaGrid } from '../media/media-grid.tsx';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { useKept } from '../parts/kept.ts';
import { Name } from '../parts/name.tsx';
import { listed, type Listed } from '../parts/pages.ts';
import { Failure, Skeleton } from '../parts/states.tsx';
import { dateText } from '../parts/time.tsx';
import { t } from '../text/text.ts';
import { loadRequests, refusal } from './friendship.ts';
import { ProfileActions } from './profile-actions.tsx';
import type { Person } from './relations.ts';

type Kept = {
  readonly person: Signal<Person | undefined>;
  readonly pins: Signal<readonly PostSignal[]>;
  readonly failure: Signal<string | undefined>;
  readonly posts: Listed<PostSignal>;
};

export function ProfilePage({ id }: { readonly id: string }) {
  const { person, pins, failure, posts } = useKept<Kept>(`person/${id}`, () => ({
    person: signal(undefined),
    pins: signal([]),
    failure: signal(undefined),
    posts: listed((before) => readPosts(id, before)),
  }));
  const load = async () => {
    const { read } = session.value?.tidings ?? {};
    const path = { params: { path: { person: id } } };
    failure.value = undefined;
    void loadRequests();
    try {
      const [found, first] = await Promise.all([read?.GET('/v1/people/{person}', path), read?.GET('/v1/people/{person}/pinned-posts', path)]);
      person.value = found?.data;
      pins.value = first?.data?.posts.map(shown) ?? [];
      if (id === session.value?.person) ownPins.value = pins.value;
      if (posts.next.value === undefined) await posts.readMore();
    } catch (error) {
      failure.value = failureText(error);
    }
  };
  useEffect(() => {
    refusal.value = undefined;
    void load();
  }, [id]);
  if (failure.value !== undefined) return <Failure text={failure.value} onRetry={() => void load()} />;
  if (person.value === undefined) return <Skeleton />;
  const isOwn = id === session.value?.person;
  const { blocked } = person.value;
  const first = isOwn ? (ownPins.value ?? pins.value) : pins.value;
  return (
    <>
      <Header person={person.value} />
      {isOwn && (
        <p class="person-actions">
          <a class="button" href="/settings">
            {t('people.editProfile')}
          </a>
        </p>
      )}
      {!isOwn && <ProfileActions person={person.value} onChange={(changed) => (person.value = changed)} onReload={() => void load()} />}
      {refusal.value !== undefined && <Failure text={refusal.value} />}
      {blocked && <p class="end">{t('people.blockedHint')}</p>}
      {first.length > 0 && (
        <section aria-labelledby="pinned-title">
          <h2 id="pinned-title" class="with-icon">
            <Icon name="pin" /> {t('people.pinned')}
          </h2>
          {first.map((post) => (
            <PostCard post={post} key={post.peek().id} />
          ))}
        </section>
      )}
      <h2>{t('people.posts')}</h2>
      <Rows of={posts} empty={<p class="end">{t('people.noPosts')}</p>} />
    </>
  );
}

function Header({ person }: { readonly person: Person }) {
  const { name, about, since, followers, follows, picture, blocked } = person;
  const small = (picture?.small ?? picture?.full)?.url;
  return (
    <header class="profile">
      {picture === null ? (
        <Avatar person={{ id: person.id, name }} size="large" />
      ) : (
        <div class="profile-picture">
          <MediaGrid media={[{ ...picture, medium: picture.small ?? picture.medium, alt: picture.alt ?? t('people.picture') }]} key={small} />
        </div>
      )}
      <div>
        <h1 tabIndex={-1}>
          <Name of={name} />
        </h1>
        <p class="hint">
          {t('people.since', { date: dateText(since) })}
          {!blocked && (
            <>
              {' · '}
              {t('people.followers', { count: followers })} · {t('people.follows', { count: follows })}
            </>
          )}
        </p>
        {about !== null && (
          <p class="text about" dir="auto">
            {about}
          </p>
        )}
      </div>
    </header>
  );
}

async function readPosts(person: string, before: string | undefined) {
  const options = { params: { path: { person }, query: before === undefined ? {} : { before } } };
  const page = (await session.value?.tidings.read.GET('/v1/people/{person}/posts', options))?.data;
  return { entries: page?.posts.map(shown) ?? [], next: page?.next ?? null };
}
