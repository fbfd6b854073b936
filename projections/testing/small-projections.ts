/** Small projections for the runner's tests: they count, so that a missing or repeated event shows. */
import type { FeedEvent } from '../../domain/feed/events.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { orErased, type Recorded } from '../../domain/shared/event.ts';
import { at } from './history.ts';
import type { AnyProjector, Projector, Reactor } from '../projection.ts';

export type PostPublished = Extract<FeedEvent, { type: 'feed.post-published.v1' }>;
export type PostEdited = Extract<FeedEvent, { type: 'feed.post-edited.v1' }>;
type TextsDocument = { readonly texts: readonly string[] };
type CountDocument = { readonly posts: number };

export const postPublished = (post: string, text = post): PostPublished => ({
  type: 'feed.post-published.v1',
  data: { post: post as PostId, author: 'ann' as PersonId, text, delivered: 'push', at },
});
export const postEdited = (post: string, text: string): PostEdited => ({
  type: 'feed.post-edited.v1',
  data: { post: post as PostId, author: 'ann' as PersonId, text },
});

/** Every text that a post has had, in order, and how many posts there are. `transform` may throw, or answer a value that no view can hold. */
export function textsProjector(options: { readonly version?: number; readonly transform?: (text: string) => unknown } = {}): AnyProjector {
  const { version = 1, transform = (text) => text } = options;
  const projector: Projector<PostPublished | PostEdited, { texts: TextsDocument; 'text-counts': CountDocument }> = {
    kind: 'projector',
    name: 'texts',
    version,
    handles: ['feed.post-published.v1', 'feed.post-edited.v1'],
    indexes: { texts: [], 'text-counts': [] },
    project: (event, { texts, 'text-counts': counts }) => {
      const change = texts.update(event.data.post, event, (before) => ({
        texts: [...(before?.texts ?? []), transform(orErased(event.data.text, '')) as string],
      }));
      if (change === 'created') counts.increment('all', { posts: 1 });
    },
  };
  return projector;
}

type EffectCounts = { readonly times: ReadonlyMap<string, number>; readonly order: readonly string[] };

/** Counts each event's effects; `onEvent` may throw. */
export function countingReactor(
  onEvent: (event: Recorded<PostPublished | PostEdited>) => Promise<void> | void = () => undefined,
  options: Partial<Reactor<PostPublished | PostEdited>> = {},
) {
  const times = new Map<string, number>();
  const order: string[] = [];
  const reactor: Reactor<PostPublished | PostEdited> = {
    kind: 'reactor',
    name: 'counting',
    version: 1,
    handles: ['feed.post-published.v1', 'feed.post-edited.v1'],
    after: [],
    ...options,
    react: async (event) => {
      await onEvent(event);
      times.set(event.id, (times.get(event.id) ?? 0) + 1);
      order.push(`${event.stream}@${event.revision}`);
    },
  };
  return { reactor, effects: { times, order } as EffectCounts };
}
