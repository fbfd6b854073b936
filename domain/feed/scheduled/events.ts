/** The events of a post that is to be published later (`scheduledPostStream`). */
import type { Attachment } from '../../media/attachments.ts';
import type { Personal, SealingOf } from '../../shared/event.ts';
import type { PersonId, PostId, ScheduledPostId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { RefusalCode } from '../../shared/refusals.ts';
import type { PostVisibility } from '../events.ts';

/** What the author wrote. Everything that depends on others is decided when it is published. */
export type PostDraft = {
  readonly text: string;
  readonly visibility?: PostVisibility;
  readonly media?: readonly Attachment[];
  readonly replyTo?: PostId;
  readonly quotes?: PostId;
};

type OfScheduled<Data = object> = { readonly scheduled: ScheduledPostId; readonly author: PersonId } & Data;

export type ScheduledPostEvent =
  | { readonly type: 'feed.post-scheduled.v1'; readonly data: OfScheduled<{ readonly draft: Personal<PostDraft>; readonly publishAt: Instant }> }
  | { readonly type: 'feed.scheduled-post-changed.v1'; readonly data: OfScheduled<{ readonly draft: Personal<PostDraft>; readonly publishAt: Instant }> }
  | { readonly type: 'feed.scheduled-post-cancelled.v1'; readonly data: OfScheduled }
  /** From now on nothing about it is changed: a worker publishes it, under one id however often. */
  | { readonly type: 'feed.scheduled-post-begun.v1'; readonly data: OfScheduled<{ readonly at: Instant }> }
  /** It became `post`, or it was refused. */
  | { readonly type: 'feed.scheduled-post-ended.v1'; readonly data: OfScheduled<{ readonly post: PostId } | { readonly refusal: RefusalCode }> };

export const scheduledPostSealing: SealingOf<ScheduledPostEvent> = {
  'feed.post-scheduled.v1': { draft: 'author' },
  'feed.scheduled-post-changed.v1': { draft: 'author' },
  'feed.scheduled-post-cancelled.v1': {},
  'feed.scheduled-post-begun.v1': {},
  'feed.scheduled-post-ended.v1': {},
};
