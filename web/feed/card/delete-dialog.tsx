import { Dialog } from '../../parts/dialog.tsx';
import { t } from '../../text/text.ts';
import { deletePost, type PostSignal } from '../posts.ts';

export const DeleteDialog = ({ post, onClose }: { readonly post: PostSignal; readonly onClose: () => void }) => (
  <Dialog title={t('post.deleteTitle')} onClose={onClose}>
    <p>{t('post.deleteHint')}</p>
    <p class="dialog-actions">
      <button type="button" class="quiet" onClick={onClose}>
        {t('form.cancel')}
      </button>
      <button
        type="button"
        class="primary danger"
        onClick={() => {
          onClose();
          void deletePost(post);
        }}
      >
        {t('post.delete')}
      </button>
    </p>
  </Dialog>
);
