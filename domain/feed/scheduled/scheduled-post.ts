/** A post that is to be published later: until its time has come its author may change or cancel it. */
import { accept, refuse, type Decider, type Decision, type Refusal } from '../../shared/decider.ts';
import type { PersonId, PostId, ScheduledPostId } from '../../shared/ids.ts';
import { DAY_MS, plus, type Instant } from '../../shared/instant.ts';
import type { RefusalCode } from '../../shared/refusals.ts';
import type { PostDraft, ScheduledPostEvent } from './events.ts';

/** How long before it is published a post may be scheduled. */
export const PUBLISH_AHEAD_MAX_DAYS = 365;

/** `refused`: it could not be published, and its author may still take it away. */
export type ScheduledPostState =
  | { readonly status: 'none' }
  | { readonly status: 'waiting'; readonly author: PersonId; readonly publishAt: Instant }
  | { readonly status: 'begun' | 'published' | 'refused' | 'cancelled'; readonly author: PersonId };

/** `fault`: why it would be refused if it were published now. What can be known to fail is refused when it is asked for. */
type Drafted = { readonly author: PersonId; readonly draft: PostDraft; readonly publishAt: Instant; readonly fault?: Refusal; readonly at: Instant };

export type ScheduledPostCommand =
  | ({ readonly type: 'schedule'; readonly scheduled: ScheduledPostId } & Drafted)
  | ({ readonly type: 'change'; readonly scheduled: ScheduledPostId } & Drafted)
  | { readonly type: 'cancel'; readonly scheduled: ScheduledPostId; readonly author: PersonId }
  /** Of the worker, as the next. */
  | { readonly type: 'begin'; readonly scheduled: ScheduledPostId; readonly at: Instant }
  | { readonly type: 'end'; readonly scheduled: ScheduledPostId; readonly became: { readonly post: PostId } | { readonly refusal: RefusalCode } };

export const scheduledPost: Decider<ScheduledPostState, ScheduledPostCommand, ScheduledPostEvent> = {
  reads: 'tail',
  initialState: { status: 'none' },

  evolve: (_, { type, data }) => {
    const { author } = data;
    switch (type) {
      case 'feed.post-scheduled.v1':
      case 'feed.scheduled-post-changed.v1':
        return { status: 'waiting', author, publishAt: data.publishAt };
      case 'feed.scheduled-post-cancelled.v1':
        return { status: 'cancelled', author };
      case 'feed.scheduled-post-begun.v1':
        return { status: 'begun', author };
      case 'feed.scheduled-post-ended.v1':
        return { status: 'post' in data ? 'published' : 'refused', author };
    }
  },

  decide: (state, command) => {
    switch (command.type) {
      case 'schedule':
        if (state.status === 'none') return drafted('feed.post-scheduled.v1', command);
        return state.author === command.author ? accept() : refuse('scheduled-post-unknown');
      case 'change':
        return refusalIfNotWaiting(state, command.author) ?? drafted('feed.scheduled-post-changed.v1', command);
      case 'cancel':
        return cancel(state, command);
      case 'begin': {
        const { scheduled, at } = command;
        if (state.status !== 'waiting' || state.publishAt > at) return accept();
        return accept({ type: 'feed.scheduled-post-begun.v1', data: { scheduled, author: state.author, at } });
      }
      case 'end':
        if (state.status !== 'begun') return accept();
        return accept({ type: 'feed.scheduled-post-ended.v1', data: { scheduled: command.scheduled, author: state.author, ...command.became } });
    }
  },
};

function drafted(
  type: 'feed.post-scheduled.v1' | 'feed.scheduled-post-changed.v1',
  { scheduled, author, draft, publishAt, fault, at }: Extract<ScheduledPostCommand, { type: 'schedule' | 'change' }>,
): Decision<ScheduledPostEvent> {
  if (publishAt <= at || publishAt > plus(at, PUBLISH_AHEAD_MAX_DAYS * DAY_MS)) return refuse('publish-at-out-of-range', { days: PUBLISH_AHEAD_MAX_DAYS });
  if (fault !== undefined) return { outcome: 'refused', refusal: fault };
  return accept({ type, data: { scheduled, author, draft, publishAt } });
}

function cancel(state: ScheduledPostState, { scheduled, author }: Extract<ScheduledPostCommand, { type: 'cancel' }>): Decision<ScheduledPostEvent> {
  if (state.status === 'cancelled' && state.author === author) return accept();
  const fault = state.status === 'refused' && state.author === author ? undefined : refusalIfNotWaiting(state, author);
  return fault ?? accept({ type: 'feed.scheduled-post-cancelled.v1', data: { scheduled, author } });
}

/** Nobody learns whether another's exists. */
function refusalIfNotWaiting(state: ScheduledPostState, author: PersonId): Decision<never> | undefined {
  if (state.status === 'none' || state.author !== author || state.status === 'cancelled') return refuse('scheduled-post-unknown');
  return state.status === 'waiting' ? undefined : refuse('scheduled-post-begun');
}
