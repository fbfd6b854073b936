/**
 * Events are never edited: where an event's shape has to change, it gets a new version, and what was written in an old one is read
 * as the newest. Each step leads from one version to the next, so that a new version asks for one more step and not for new ones
 * from all that were before. The codec applies this before it unseals, so a step may move a personal field but can't look into it,
 * and the field must stay under the subject that it was sealed for.
 */
import type { PostEvent } from './feed/events.ts';
import type { Metadata, Personal } from './shared/event.ts';
import type { PersonId, PostId } from './shared/ids.ts';

export type Versioned = { readonly type: string; readonly data: object };

/** The event as its newest version has it. What has never changed comes back as it is. */
export function upcast(type: string, data: object, metadata: Metadata): Versioned {
  const step = steps[type];
  if (step === undefined) return { type, data };
  const next = step(data, metadata);
  return upcast(next.type, next.data, metadata);
}

type Step = (data: object, metadata: Metadata) => Versioned;

const steps: Readonly<Record<string, Step>> = {
  'feed.post-published.v0': (data, { at }): PostEvent => ({
    type: 'feed.post-published.v1',
    data: { ...(data as PostPublishedV0), delivered: 'push', at },
  }),
};

/** Before posts were stamped with how they reach feeds, all were pushed, and the moment stood in the metadata alone. */
type PostPublishedV0 = { readonly post: PostId; readonly author: PersonId; readonly text: Personal<string>; readonly replyTo?: PostId };
