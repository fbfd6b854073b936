/** Who likes a post, and who shares it. */
import { useEffect, useMemo } from 'preact/hooks';
import { session } from '../../app/session.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { More } from '../../parts/more.tsx';
import { listed } from '../../parts/pages.ts';
import { Failure, Skeleton } from '../../parts/states.tsx';
import { PersonRow } from '../../people/person-row.tsx';
import { t } from '../../text/text.ts';

type WhoProps = { readonly post: string; readonly of: 'likes' | 'shares'; readonly onClose: () => void };

export function WhoDialog({ post, of, onClose }: WhoProps) {
  const { entries, next, failure, readMore } = useMemo(() => listed((cursor) => readWho(post, of, cursor)), [post, of]);
  useEffect(() => void readMore(), []);
  return (
    <Dialog title={t(of === 'likes' ? 'post.whoLikes' : 'post.whoShares')} onClose={onClose}>
      <ul class="people">
        {entries.value.map((person) => (
          <PersonRow person={person} key={person.id} />
        ))}
      </ul>
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void readMore()} />}
      {next.value === undefined && failure.value === undefined && <Skeleton rows={2} />}
      {typeof next.value === 'string' && failure.value === undefined && <More onNear={() => void readMore()} />}
      {next.value === null && entries.value.length === 0 && <p class="hint">{t('post.nobody')}</p>}
    </Dialog>
  );
}

async function readWho(post: string, of: WhoProps['of'], cursor: string | undefined) {
  const { read } = session.value?.tidings ?? {};
  const path = { post };
  const page =
    of === 'likes'
      ? (await read?.GET('/v1/posts/{post}/likes', { params: { path, query: cursor === undefined ? {} : { after: cursor } } }))?.data
      : (await read?.GET('/v1/posts/{post}/shares', { params: { path, query: cursor === undefined ? {} : { before: cursor } } }))?.data;
  return { entries: page?.people ?? [], next: page?.next ?? null };
}
