/** What became of each upload, for its owner, and which posts and profiles show it. */
import { isErased, type Personal, type Recorded } from '../../../domain/shared/event.ts';
import type { ChannelId, MediaId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { ChannelEvent, DisappearanceEvent, MessagesEvent } from '../../../domain/chat/events.ts';
import type { ScheduledMessageEvent } from '../../../domain/chat/scheduled/events.ts';
import type { PostEvent } from '../../../domain/feed/events.ts';
import type { ScheduledPostEvent } from '../../../domain/feed/scheduled/events.ts';
import type { MediaEvent } from '../../../domain/media/events.ts';
import type { LinkPreview } from '../../../domain/media/link-preview.ts';
import type { MediaFacts, MediaFault } from '../../../domain/media/media-facts.ts';
import type { UserEvent } from '../../../domain/people/events.ts';
import type { Collection, Projector } from '../../projection.ts';
import { messageId } from '../chat/messages.ts';

/** Id: the media. What is removed, or about to be, has no document. `facts` are null until it is ready, and where they were erased. */
export type MediaDocument = {
  readonly media: MediaId;
  readonly owner: PersonId;
  readonly status: 'uploaded' | 'ready' | 'refused' | 'leaving';
  readonly fault: MediaFault | null;
  readonly facts: MediaFacts | null;
  readonly at: Instant;
};

/** Id: `mediaUseId`. `by`: a post, a post or message that is scheduled, `profileUse` of a person, `channelUse` of a channel, or `previewUse` of a post or a message. */
export type MediaUseDocument = {
  /** Null: of a person who was erased, under whose key the use is sealed. */
  readonly media: MediaId | null;
  readonly by: string;
  /** Who chose a channel's picture. */
  readonly chosenBy?: PersonId;
};

export const mediaUseId = (by: string, place: number): string => `${by}:${place}`;
/** A channel's picture. */
export const channelUse = (channel: ChannelId): string => `channel:${channel}`;
export const profileUse = (person: PersonId): string => `profile:${person}`;

export const PREVIEW_USE = 'preview:';
/** `of`: a post, or a message as `messageId` names it. */
export const previewUse = (of: string): string => `${PREVIEW_USE}${of}`;

type HandledEvent =
  | MediaEvent
  | Extract<PostEvent, { type: 'feed.post-published.v1' | 'feed.post-edited.v1' | 'feed.post-previewed.v1' | 'feed.post-deleted.v1' }>
  | Extract<MessagesEvent, { type: 'chat.message-edited.v1' | 'chat.message-previewed.v1' | 'chat.message-withdrawn.v1' }>
  | DisappearanceEvent
  | Exclude<ScheduledMessageEvent, { type: 'chat.scheduled-message-begun.v1' }>
  | Exclude<ScheduledPostEvent, { type: 'feed.scheduled-post-begun.v1' }>
  | Extract<ChannelEvent, { type: 'chat.channel-pictured.v1' }>
  | Extract<UserEvent, { type: 'people.profile-changed.v1' | 'people.person-erased.v1' }>;

/** Media that a post shows have places from 0 on; a post that is deleted may have had any of them. */
const PLACES = Array.from({ length: 10 }, (_, place) => place);

export const media = {
  kind: 'projector',
  name: 'media',
  version: 5,
  handles: [
    'media.uploaded.v1',
    'media.ready.v1',
    'media.refused.v1',
    'media.removal-begun.v1',
    'media.kept.v1',
    'media.removed.v1',
    'feed.post-published.v1',
    'feed.post-edited.v1',
    'feed.post-previewed.v1',
    'feed.post-deleted.v1',
    'chat.message-edited.v1',
    'chat.message-previewed.v1',
    'chat.message-withdrawn.v1',
    'chat.messages-disappeared.v1',
    'chat.message-scheduled.v1',
    'chat.scheduled-message-changed.v1',
    'chat.scheduled-message-cancelled.v1',
    'chat.scheduled-message-ended.v1',
    'feed.post-scheduled.v1',
    'feed.scheduled-post-changed.v1',
    'feed.scheduled-post-cancelled.v1',
    'feed.scheduled-post-ended.v1',
    'chat.channel-pictured.v1',
    'people.profile-changed.v1',
    'people.person-erased.v1',
  ],
  indexes: {
    // For what an erased person has uploaded.
    media: [{ fields: ['owner', '_id'] }],
    'media-uses': [{ fields: ['media'] }, { fields: ['chosenBy'] }],
  },
  project: (event, { media, 'media-uses': uses }) => {
    switch (event.type) {
      case 'media.uploaded.v1': {
        const { media: id, owner, at } = event.data;
        media.update(id, event, () => ({ media: id, owner, status: 'uploaded', fault: null, facts: null, at }));
        return;
      }
      case 'media.ready.v1': {
        const { media: id, owner, at } = event.data;
        const facts = isErased(event.data.facts) ? null : event.data.facts;
        // A picture that was fetched for the owner's words was never uploaded.
        media.update(id, event, (before) => ({ ...before, media: id, owner, fault: null, at: before?.at ?? at, status: 'ready', facts }));
        return;
      }
      case 'media.refused.v1':
        media.update(event.data.media, event, (before) => before && { ...before, status: 'refused', fault: event.data.fault });
        return;
      case 'media.removal-begun.v1':
        media.update(event.data.media, event, (before) => before && { ...before, status: 'leaving' });
        return;
      case 'media.kept.v1':
        media.update(event.data.media, event, (before) => before && { ...before, status: 'ready' });
        return;
      case 'media.removed.v1':
        media.update(event.data.media, event, () => undefined);
        return;
      case 'feed.post-published.v1': {
        const { post, media: shown = [] } = event.data;
        if (isErased(shown)) return;
        shown.forEach(({ media: id }, place) => uses.create(mediaUseId(post, place), event, () => ({ media: id, by: post })));
        return;
      }
      case 'feed.post-deleted.v1':
        for (const place of PLACES) uses.update(mediaUseId(event.data.post, place), event, () => undefined);
        showPreview(uses, event, { of: event.data.post });
        return;
      case 'feed.post-edited.v1':
        showPreview(uses, event, { of: event.data.post });
        return;
      case 'feed.post-previewed.v1':
        showPreview(uses, event, { of: event.data.post, preview: event.data.preview });
        return;
      case 'chat.message-edited.v1':
      case 'chat.message-withdrawn.v1':
        showPreview(uses, event, { of: messageId(event.data.channel, event.data.message) });
        return;
      case 'chat.messages-disappeared.v1':
        for (const seq of event.data.messages) showPreview(uses, event, { of: messageId(event.data.channel, seq) });
        return;
      case 'chat.message-previewed.v1':
        showPreview(uses, event, { of: messageId(event.data.channel, event.data.message), preview: event.data.preview });
        return;
      case 'chat.message-scheduled.v1':
      case 'chat.scheduled-message-changed.v1':
      case 'feed.post-scheduled.v1':
      case 'feed.scheduled-post-changed.v1': {
        const { scheduled: by, draft } = event.data;
        const named = isErased(draft) ? [] : (draft.media ?? []);
        for (const place of PLACES) {
          const id = named[place]?.media;
          uses.update(mediaUseId(by, place), event, () => (id === undefined ? undefined : { media: id, by }));
        }
        return;
      }
      case 'chat.scheduled-message-cancelled.v1':
      case 'chat.scheduled-message-ended.v1':
      case 'feed.scheduled-post-cancelled.v1':
      case 'feed.scheduled-post-ended.v1':
        for (const place of PLACES) uses.update(mediaUseId(event.data.scheduled, place), event, () => undefined);
        return;
      case 'chat.channel-pictured.v1': {
        const { channel, picture, by: chosenBy } = event.data;
        const by = channelUse(channel);
        uses.update(by, event, () => (picture === null ? undefined : { media: isErased(picture) ? null : picture.media, by, chosenBy }));
        return;
      }
      case 'people.profile-changed.v1': {
        const { picture } = event.data;
        if (picture === undefined || isErased(picture)) return;
        const by = profileUse(event.key as PersonId);
        uses.update(by, event, () => (picture === null ? undefined : { media: picture.media, by }));
        return;
      }
      case 'people.person-erased.v1':
        media.patch({ owner: event.key }, { facts: null });
        uses.patch({ chosenBy: event.key }, { media: null });
        uses.update(profileUse(event.key as PersonId), event, () => undefined);
        return;
    }
  },
} as const satisfies Projector<HandledEvent, { media: MediaDocument; 'media-uses': MediaUseDocument }>;

/** From now on words show the picture of this preview, or none, and no longer that of the one before. */
function showPreview(uses: Collection<MediaUseDocument>, event: Recorded, { of, preview }: { readonly of: string; readonly preview?: Personal<LinkPreview> }) {
  const by = previewUse(of);
  const image = preview === undefined || isErased(preview) ? undefined : preview.image;
  uses.update(by, event, () => image && { media: image.media, by });
}
