/** A post between those that it replies to and those that reply to it. */
import { signal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { failureText, session } from '../app/session.ts';
import { useKept } from '../parts/kept.ts';
import { Near } from '../parts/near.tsx';
import { listed, type Listed } from '../parts/pages.ts';
import { Failure, Skeleton } from '../parts/states.tsx';
import { t } from '../text/text.ts';
import { Composer } from './composer.tsx';
import { OnTheirWay } from './on-their-way.tsx';
import { PostCard } from './card/post-card.tsx';
import { deleted, shown, type PostSignal } from './posts.ts';
import { whenPublished } from './publishing.ts';
import { Rows } from './rows.tsx';

type Thread = { readonly ancestors: readonly PostSignal[]; readonly post: PostSignal };
type Kept = { readonly thread: Signal<Thread | undefined>; readonly failure: Signal<string | undefined>; readonly replies: Listed<PostSignal> };

export function ThreadPage({ id }: { readonly id: string }) {
  const { thread, failure, replies } = useKept<Kept>(`thread/${id}`, () => ({
    thread: signal(undefined),
    failure: signal(undefined),
    replies: listed((after) => readReplies(id, after)),
  }));
  const load = async () => {
    failure.value = undefined;
    try {
      const answer = await session.value?.tidings.read.GET('/v1/posts/{post}/thread', { params: { path: { post: id }, query: { limit: 1 } } });
      if (answer?.data !== undefined) {
        thread.value = { ancestors: answer.data.ancestors.map(shown), post: shown(answer.data.post) };
        // Who opens a reply reads it first; what it replies to is above.
        if (answer.data.ancestors.length > 0) requestAnimationFrame(() => document.querySelector('.post-open')?.scrollIntoView());
      }
      if (replies.next.value === undefined) await replies.readMore();
    } catch (error) {
      failure.value = failureText(error);
    }
  };
  useEffect(() => {
    if (thread.peek() === undefined) void load();
    return whenPublished((post, { replyTo }) => {
      if (replyTo !== id) return;
      replies.entries.value = [...replies.entries.value.filter((one) => one !== post), post];
      if (thread.value !== undefined) thread.value.post.value = { ...thread.value.post.value, replies: thread.value.post.value.replies + 1 };
    });
  }, [id]);
  if (failure.value !== undefined) return <Failure text={failure.value} onRetry={() => void load()} />;
  if (thread.value === undefined) return <Skeleton />;
  const { ancestors, post } = thread.value;
  return (
    <>
      <h1 tabIndex={-1} class="unseen">
        {t('post.title')}
      </h1>
      {ancestors.map((ancestor) => (
        <Near name={ancestor.value.id} key={ancestor.value.id}>
          <PostCard post={ancestor} inThread />
        </Near>
      ))}
      <div data-anchor={id}>
        <PostCard post={post} isOpen inThread={ancestors.length > 0} />
      </div>
      {!deleted.value.has(id) && <Composer replyTo={id} key={id} />}
      <OnTheirWay replyTo={id} />
      <Rows inThread of={replies} empty={<p class="end">{t('post.noReplies')}</p>} />
    </>
  );
}

async function readReplies(post: string, after: string | undefined) {
  const options = { params: { path: { post }, query: after === undefined ? {} : { after } } };
  const page = (await session.value?.tidings.read.GET('/v1/posts/{post}/replies', options))?.data;
  return { entries: page?.posts.map(shown) ?? [], next: page?.next ?? null };
}
