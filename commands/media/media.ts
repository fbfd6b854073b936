/** Records what becomes of an upload. The bytes are kept and removed by who gives these commands: before `removeMedia`, for then nobody looks for them any more. */
import { media } from '../../domain/media/media.ts';
import type { MediaFacts, MediaFault } from '../../domain/media/media-facts.ts';
import type { MediaId, PersonId } from '../../domain/shared/ids.ts';
import { mediaStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandHandling } from '../handling/handle.ts';

type OfMedia = { readonly media: MediaId };

/** All bytes have arrived. */
export const endUpload =
  ({ handle }: CommandHandling) =>
  ({ media: id, owner, bytes }: OfMedia & { readonly owner: PersonId; readonly bytes: number }, context: CommandContext) =>
    handle(media, mediaStream(id), { type: 'end-upload', media: id, owner, bytes, at: context.at }, context);

export const makeMediaReady =
  ({ handle }: CommandHandling) =>
  ({ media: id, facts }: OfMedia & { readonly facts: MediaFacts }, context: CommandContext) =>
    handle(media, mediaStream(id), { type: 'make-ready', media: id, facts, at: context.at }, context);

/** A picture that was fetched for the owner's words, and is kept already. */
export const keepFetchedPicture =
  ({ handle }: CommandHandling) =>
  ({ media: id, owner, facts }: OfMedia & { readonly owner: PersonId; readonly facts: MediaFacts }, context: CommandContext) =>
    handle(media, mediaStream(id), { type: 'make-fetched', media: id, owner, facts, at: context.at }, context);

export const refuseMedia =
  ({ handle }: CommandHandling) =>
  ({ media: id, fault }: OfMedia & { readonly fault: MediaFault }, context: CommandContext) =>
    handle(media, mediaStream(id), { type: 'refuse', media: id, fault }, context);

export const beginMediaRemoval =
  ({ handle }: CommandHandling) =>
  ({ media: id }: OfMedia, context: CommandContext) =>
    handle(media, mediaStream(id), { type: 'begin-removal', media: id, at: context.at }, context);

export const keepMedia =
  ({ handle }: CommandHandling) =>
  ({ media: id }: OfMedia, context: CommandContext) =>
    handle(media, mediaStream(id), { type: 'keep', media: id, at: context.at }, context);

export const removeMedia =
  ({ handle }: CommandHandling) =>
  ({ media: id, ownerErased }: OfMedia & { readonly ownerErased: boolean }, context: CommandContext) =>
    handle(media, mediaStream(id), { type: 'remove', media: id, ownerErased, at: context.at }, context);
