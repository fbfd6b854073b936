/** One person's bookmark of one post, of which nobody else learns. */
import { accept, type Decider } from '../shared/decider.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import type { BookmarkEvent } from './events.ts';
import { refusalIfHidden, type PostTarget } from './post.ts';

type BookmarkState = { readonly status: 'none' } | { readonly status: 'bookmarked' };

/** A bookmark can always be taken away, whatever happened to the post. */
type BookmarkCommand =
  | { readonly type: 'bookmark'; readonly post: PostId; readonly actor: PersonId; readonly target: PostTarget }
  | { readonly type: 'remove'; readonly post: PostId; readonly actor: PersonId };

export const bookmark: Decider<BookmarkState, BookmarkCommand, BookmarkEvent> = {
  reads: 'tail',
  initialState: { status: 'none' },

  evolve: (_, event) => {
    switch (event.type) {
      case 'feed.bookmarked.v1':
        return { status: 'bookmarked' };
      case 'feed.bookmark-removed.v1':
        return { status: 'none' };
    }
  },

  decide: ({ status }, command) => {
    const { post, actor: person } = command;
    switch (command.type) {
      case 'bookmark':
        if (status === 'bookmarked') return accept();
        return refusalIfHidden(command.target, person) ?? accept({ type: 'feed.bookmarked.v1', data: { post, person } });
      case 'remove':
        return status === 'bookmarked' ? accept({ type: 'feed.bookmark-removed.v1', data: { post, person } }) : accept();
    }
  },
};
