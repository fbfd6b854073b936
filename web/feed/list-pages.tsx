/** Posts that the person has bookmarked, that speak of them, and that have a hashtag. */
import { useEffect } from 'preact/hooks';
import { session } from '../app/session.ts';
import { useKept } from '../parts/kept.ts';
import { listed, type Listed } from '../parts/pages.ts';
import { Empty } from '../parts/states.tsx';
import { t } from '../text/text.ts';
import { FeedTabs } from './feed-tabs.tsx';
import { shown, type Post, type PostSignal } from './posts.ts';
import { Rows } from './rows.tsx';
import { noteBookmarks } from './saved.ts';

type Page = { readonly posts: readonly Post[]; readonly next: string | null };
const queryOf = (before: string | undefined) => (before === undefined ? {} : { before });

export function BookmarksPage() {
  const posts = usePosts(
    'bookmarks',
    async (before) => (await session.value?.tidings.read.GET('/v1/me/bookmarks', { params: { query: queryOf(before) } }))?.data,
  );
  const { value } = posts.entries;
  useEffect(() => noteBookmarks(value), [value]);
  return (
    <>
      <FeedTabs />
      <h1 tabIndex={-1}>{t('feed.bookmarks')}</h1>
      <Rows of={posts} empty={<Empty title={t('feed.noBookmarks')}>{t('feed.noBookmarksHint')}</Empty>} />
    </>
  );
}

export function MentionsPage() {
  const posts = usePosts(
    'mentions',
    async (before) => (await session.value?.tidings.read.GET('/v1/me/mentions', { params: { query: queryOf(before) } }))?.data,
  );
  return (
    <>
      <FeedTabs />
      <h1 tabIndex={-1}>{t('feed.mentions')}</h1>
      <Rows of={posts} empty={<Empty title={t('feed.noMentions')}>{t('feed.noMentionsHint')}</Empty>} />
    </>
  );
}

/** `id`: the tag, as addresses have it. */
export function TagPage({ id }: { readonly id: string }) {
  const tag = decoded(id);
  const posts = usePosts(
    `tag/${tag}`,
    async (before) => (await session.value?.tidings.read.GET('/v1/tags/{tag}/posts', { params: { path: { tag }, query: queryOf(before) } }))?.data,
  );
  return (
    <>
      <h1 tabIndex={-1}>
        <bdi>#{tag}</bdi>
      </h1>
      <Rows of={posts} empty={<Empty title={t('feed.noTag')}>{t('feed.noTagHint')}</Empty>} />
    </>
  );
}

function usePosts(name: string, read: (before: string | undefined) => Promise<Page | undefined>): Listed<PostSignal> {
  const posts = useKept(name, () =>
    listed(async (before) => {
      const page = await read(before);
      return { entries: page?.posts.map(shown) ?? [], next: page?.next ?? null };
    }),
  );
  useEffect(() => {
    if (posts.next.peek() === undefined) void posts.readMore();
  }, [posts]);
  return posts;
}

/** An address that somebody wrote by hand may have half of an escape. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
