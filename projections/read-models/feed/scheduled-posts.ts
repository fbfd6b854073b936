/** Posts that are to be published later, until they are. */
import type { PostDraft, ScheduledPostEvent } from '../../../domain/feed/scheduled/events.ts';
import { orErased } from '../../../domain/shared/event.ts';
import type { PersonId, ScheduledPostId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { RefusalCode } from '../../../domain/shared/refusals.ts';
import type { UserEvent } from '../../../domain/people/events.ts';
import type { Projector } from '../../projection.ts';

/** Id: the scheduled post. Published and cancelled ones have no document. */
export type ScheduledPostDocument = {
  readonly scheduled: ScheduledPostId;
  readonly author: PersonId;
  /** Null: its author was erased. */
  readonly draft: PostDraft | null;
  readonly publishAt: Instant;
  /** Sorts an author's by their time: the time, and the id. */
  readonly place: string;
  /** When a worker has to look at it; null where nothing is left to do. */
  readonly dueAt: Instant | null;
  /** Why it could not be published. */
  readonly refusal: RefusalCode | null;
};

type HandledEvent = ScheduledPostEvent | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const scheduledPosts = {
  kind: 'projector',
  name: 'scheduled-posts',
  version: 1,
  handles: [
    'feed.post-scheduled.v1',
    'feed.scheduled-post-changed.v1',
    'feed.scheduled-post-cancelled.v1',
    'feed.scheduled-post-begun.v1',
    'feed.scheduled-post-ended.v1',
    'people.person-erased.v1',
  ],
  indexes: { 'scheduled-posts': [{ fields: ['author', 'place'] }, { fields: ['dueAt'] }] },

  project: (event, { 'scheduled-posts': all }) => {
    switch (event.type) {
      case 'feed.post-scheduled.v1':
      case 'feed.scheduled-post-changed.v1': {
        const { scheduled, author, publishAt } = event.data;
        const draft = orErased<PostDraft | null>(event.data.draft, null);
        all.update(scheduled, event, () => ({
          scheduled,
          author,
          draft,
          publishAt,
          place: `${publishAt}:${scheduled}`,
          dueAt: draft === null ? null : publishAt,
          refusal: null,
        }));
        return;
      }
      case 'feed.scheduled-post-begun.v1':
        return; // a worker looks at it until it has ended
      case 'feed.scheduled-post-ended.v1': {
        const { data } = event;
        all.update(data.scheduled, event, (before) => ('post' in data ? undefined : before && { ...before, dueAt: null, refusal: data.refusal }));
        return;
      }
      case 'feed.scheduled-post-cancelled.v1':
        all.update(event.data.scheduled, event, () => undefined);
        return;
      case 'people.person-erased.v1':
        all.patch({ author: event.key }, { draft: null, dueAt: null });
        return;
    }
  },
} as const satisfies Projector<HandledEvent, { 'scheduled-posts': ScheduledPostDocument }>;
