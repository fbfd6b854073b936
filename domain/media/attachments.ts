/** What a post, a profile or a message may refer to: media of the actor's own that is ready. */
import { refuse, type Decision } from '../shared/decider.ts';
import { isErased, type Personal } from '../shared/event.ts';
import type { MediaId, PersonId } from '../shared/ids.ts';
import { refusalOfText } from '../shared/text/text.ts';
import type { MediaFacts, PostMedia } from './media-facts.ts';
import type { MediaState } from './media.ts';

export const ALT_LENGTH_MAX_CHARACTERS = 1_500;
export const ATTACHMENTS_MAX = 10;

/** Media as a client refers to it; `alt` says in words what is to be seen. */
export type Attachment = { readonly media: MediaId; readonly alt?: string };

/** Media as a decision needs to see it. `facts` are there once it is ready. */
export type AttachmentTarget = Attachment & { readonly state: MediaState; readonly facts?: Personal<MediaFacts> };

/** Why the actor can't refer to these, or nothing. Nobody learns whether another's media exists. */
export function refusalOfAttachments(
  attachments: readonly AttachmentTarget[],
  actor: PersonId,
  { kinds }: { readonly kinds: 'pictures and videos' | 'all' } = { kinds: 'pictures and videos' },
): Decision<never> | undefined {
  if (attachments.length > ATTACHMENTS_MAX) return refuse('media-too-many', { max: ATTACHMENTS_MAX });
  if (new Set(attachments.map(({ media }) => media)).size < attachments.length) return refuse('media-twice');
  for (const attachment of attachments) {
    const fault = refusalOfAttachment(attachment, actor);
    if (fault !== undefined) return fault;
    if (kinds !== 'all' && !isSeen(attachment)) return refuse('media-type-refused');
  }
  return undefined;
}

const isSeen = ({ facts }: AttachmentTarget): boolean => facts === undefined || isErased(facts) || facts.kind === 'image' || facts.kind === 'video';

function refusalOfAttachment({ state, facts, alt }: AttachmentTarget, actor: PersonId): Decision<never> | undefined {
  if (state.status === 'none' || state.owner !== actor) return refuse('media-unknown');
  switch (state.status) {
    case 'uploaded':
      return refuse('media-not-ready');
    case 'refused':
      return refuse(state.fault);
    case 'leaving':
    case 'removed':
      return refuse('media-unknown');
    case 'ready':
      if (facts === undefined || isErased(facts)) return refuse('media-unknown');
      return alt === undefined ? undefined : refusalOfText(alt, { maxCharacters: ALT_LENGTH_MAX_CHARACTERS, tooLong: 'alt-too-long', lines: 'many' });
  }
}

/** Why the actor can't choose this as a picture of a profile or a channel, or nothing. */
export function refusalOfPicture(picture: AttachmentTarget, actor: PersonId): Decision<never> | undefined {
  const fault = refusalOfAttachments([picture], actor);
  if (fault !== undefined) return fault;
  const { facts } = picture;
  return facts !== undefined && !isErased(facts) && facts.kind !== 'image' ? refuse('picture-is-video') : undefined;
}

/** What the event that refers to them keeps; of those that are refused it says nothing. */
export const attached = (attachments: readonly AttachmentTarget[]): readonly PostMedia[] =>
  attachments.flatMap(({ media, alt, facts }) => (facts === undefined || isErased(facts) ? [] : [{ media, alt: alt ?? null, ...facts }]));
