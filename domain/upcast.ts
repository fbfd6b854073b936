/**
 * Events are never edited. Where the shape of an event type has to change, it gets a new version, and events of the old version are
 * read as the newest. Each step leads from one version to the next, so that a new version needs one more step and not one from each
 * version before. The codec applies this before it unseals, so a step may move a personal field but can't look into it, and the field
 * must stay under the subject that it was sealed for.
 */
import type { PostEvent } from './feed/events.ts';
import type { TemplateVersion } from './notifications/templates/events.ts';
import type { Metadata, Personal } from './shared/event.ts';
import type { PersonId, PostId } from './shared/ids.ts';

export type Versioned = { readonly type: string; readonly data: object };

/** The event in its newest version. One whose type has never changed comes back as it is. */
export function upcast(type: string, data: object, metadata: Metadata): Versioned {
  const step = steps[type];
  return step === undefined ? { type, data } : upcast(step.to, step.change(data, metadata), metadata);
}

/** These types, and every older version that is read as one of them: a reader of the log has to ask for all of these. */
export function writtenAs(types: readonly string[]): readonly string[] {
  const older = Object.keys(steps).filter((type) => types.includes(steps[type]?.to ?? '') && !types.includes(type));
  return older.length === 0 ? types : writtenAs([...types, ...older]);
}

type Step = { readonly to: string; readonly change: (data: object, metadata: Metadata) => object };

const steps: Readonly<Record<string, Step>> = {
  'feed.post-published.v0': {
    to: 'feed.post-published.v1',
    change: (data, { at }): PostPublished => ({ ...(data as PostPublishedV0), delivered: 'push', at }),
  },
  'notifications.template-published.v1': {
    to: 'notifications.template-published.v2',
    change: (data): TemplateVersion => {
      const { title, body, ...rest } = data as TemplatePublishedV1;
      return { ...rest, defaultLocale: 'und', locales: { und: { ...(title !== undefined && { title }), body } }, partials: {} };
    },
  },
};

type PostPublished = Extract<PostEvent, { type: 'feed.post-published.v1' }>['data'];

/** Before templates had languages, each was a title and a body. */
type TemplatePublishedV1 = Pick<TemplateVersion, 'template' | 'version' | 'app'> & { readonly title?: string; readonly body: string };

/** Before posts were stamped with how they reach feeds, all were pushed, and the moment was in the metadata alone. */
type PostPublishedV0 = { readonly post: PostId; readonly author: PersonId; readonly text: Personal<string>; readonly replyTo?: PostId };
