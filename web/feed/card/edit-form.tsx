/** The text of a post, to be written anew. What is refused is there again, as it was written. */
import type { Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../text/text.ts';
import { edit, type PostSignal } from '../posts.ts';

type Editing = { readonly text: string; readonly failure?: string };

export function EditForm({ post, editing }: { readonly post: PostSignal; readonly editing: Signal<Editing | undefined> }) {
  const area = useRef<HTMLTextAreaElement>(null);
  // Before anybody can type: the place would change under their fingers.
  useLayoutEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(area.current.value.length, area.current.value.length);
  }, []);
  const now = editing.value;
  if (now === undefined) return null;
  const isBlank = now.text.trim() === '' && (post.value.media ?? []).length === 0;
  const save = () => {
    if (isBlank) return;
    const { text } = now;
    editing.value = undefined;
    if (text !== post.value.text) void edit(post, text, (failure) => (editing.value = { text, failure }));
  };
  return (
    <form
      class="composer edit"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <textarea
        ref={area}
        aria-label={t('post.editText')}
        dir="auto"
        rows={3}
        value={now.text}
        onInput={({ currentTarget }) => (editing.value = { text: currentTarget.value })}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save();
          if (event.key === 'Escape') editing.value = undefined;
        }}
      />
      {now.failure !== undefined && (
        <p class="undone" role="alert">
          {now.failure}
        </p>
      )}
      <div class="composer-row end-row">
        <button type="button" class="quiet" onClick={() => (editing.value = undefined)}>
          {t('form.cancel')}
        </button>
        <button type="submit" class="primary" aria-disabled={isBlank}>
          {t('form.save')}
        </button>
      </div>
    </form>
  );
}
