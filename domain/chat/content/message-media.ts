/** Pictures, videos, recordings and files that a message shows. */
import { attached, refusalOfAttachments, type AttachmentTarget } from '../../media/attachments.ts';
import type { MediaFacts } from '../../media/media-facts.ts';
import type { Decision } from '../../shared/decider.ts';
import type { MediaId, PersonId } from '../../shared/ids.ts';
import { refusalOfText } from '../../shared/text/text.ts';

export const FILE_NAME_LENGTH_MAX_CHARACTERS = 255;

/** As a client refers to it: `name` is that of a file. */
export type MessageAttachment = { readonly media: MediaId; readonly alt?: string; readonly name?: string };
export type MessageAttachmentTarget = AttachmentTarget & { readonly name?: string };

/** As the event keeps it: with its facts, so that who reads the message needs nothing else. */
export type MessageMedia = MediaFacts & { readonly media: MediaId; readonly alt: string | null; readonly name?: string };

export function refusalOfMessageMedia(attachments: readonly MessageAttachmentTarget[], actor: PersonId): Decision<never> | undefined {
  const fault = refusalOfAttachments(attachments, actor, { kinds: 'all' });
  if (fault !== undefined) return fault;
  for (const { name } of attachments) {
    const refusal =
      name === undefined
        ? undefined
        : refusalOfText(name, { maxCharacters: FILE_NAME_LENGTH_MAX_CHARACTERS, blank: 'file-name-empty', tooLong: 'file-name-too-long', lines: 'one' });
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

export const messageMedia = (attachments: readonly MessageAttachmentTarget[]): readonly MessageMedia[] =>
  attachments.flatMap((target) => attached([target]).map((media) => (target.name === undefined ? media : { ...media, name: target.name })));
