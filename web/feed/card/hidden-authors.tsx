/** Authors whom the person mutes or blocks from a post: what stands there of theirs goes at once, and comes back where that is refused, or taken back. */
import { signal } from '@preact/signals';
import { failureText, whenLeaving } from '../../app/session.ts';
import { Name } from '../../parts/name.tsx';
import { setRelation } from '../../people/relations.ts';
import { t } from '../../text/text.ts';
import { forgetRefusal, refuse, type Post, type PostSignal } from '../posts.ts';

type Kind = 'mute' | 'block';

export const hiddenAuthors = signal<Readonly<Record<string, Kind>>>({});
whenLeaving(() => (hiddenAuthors.value = {}));

export async function hideAuthor(post: PostSignal, kind: Kind): Promise<void> {
  const { id, author } = post.value;
  forgetRefusal(id);
  hiddenAuthors.value = { ...hiddenAuthors.value, [author.id]: kind };
  try {
    await setRelation(kind, author.id, true);
  } catch (error) {
    show(author.id);
    refuse(id, failureText(error), () => void hideAuthor(post, kind));
  }
}

async function showAuthor(post: PostSignal, kind: Kind): Promise<void> {
  const { id, author } = post.value;
  show(author.id);
  try {
    await setRelation(kind, author.id, false);
  } catch (error) {
    hiddenAuthors.value = { ...hiddenAuthors.value, [author.id]: kind };
    refuse(id, failureText(error), () => void showAuthor(post, kind));
  }
}

function show(author: string): void {
  const { [author]: _, ...others } = hiddenAuthors.value;
  hiddenAuthors.value = others;
}

/** In place of a post of such an author. */
export const HiddenPost = ({ post, author, kind }: { readonly post: PostSignal; readonly author: Post['author']; readonly kind: Kind }) => (
  <p class="post gone" role="status">
    <span>
      {t(kind === 'mute' ? 'post.mutedAuthor' : 'post.blockedAuthor')} <Name of={author.name} />
    </span>
    <button type="button" class="quiet" onClick={() => void showAuthor(post, kind)}>
      {t('form.undo')}
    </button>
  </p>
);
