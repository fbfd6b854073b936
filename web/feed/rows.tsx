/** A list of posts that goes on as one reads, with what it says where it can't, and where there is nothing. */
import type { ComponentChildren } from 'preact';
import { More } from '../parts/more.tsx';
import { Near } from '../parts/near.tsx';
import type { Listed } from '../parts/pages.ts';
import { Failure, Skeleton } from '../parts/states.tsx';
import { PostCard } from './card/post-card.tsx';
import type { PostSignal } from './posts.ts';

type RowsProps = {
  readonly of: Listed<PostSignal>;
  /** In place of the list where there is nothing in it. */
  readonly empty: ComponentChildren;
  readonly end?: string;
  readonly inThread?: boolean;
};

export function Rows({ of: { entries, next, failure, readMore }, empty, end, inThread = false }: RowsProps) {
  return (
    <>
      {entries.value.map((post) => (
        <Near name={post.peek().id} key={post.peek().id}>
          <PostCard post={post} inThread={inThread} />
        </Near>
      ))}
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void readMore()} />}
      {failure.value === undefined && next.value === undefined && <Skeleton />}
      {typeof next.value === 'string' && failure.value === undefined && <More onNear={() => void readMore()} key={next.value} />}
      {next.value === null && entries.value.length > 0 && end !== undefined && <p class="end">{end}</p>}
      {next.value === null && entries.value.length === 0 && empty}
    </>
  );
}
