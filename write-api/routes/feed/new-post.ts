/** A post as clients send it. */
import { z } from 'zod';
import type { PublishPost } from '../../../commands/feed/posts.ts';
import { POST_LENGTH_MAX_CHARACTERS } from '../../../domain/feed/post.ts';
import { ALT_LENGTH_MAX_CHARACTERS, ATTACHMENTS_MAX } from '../../../domain/media/attachments.ts';
import type { RefusalCode } from '../../../domain/shared/refusals.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { mediaId, postId } from '../../../edge/fields.ts';
import { UPLOADS_REFUSALS } from '../../../edge/media-refusals.ts';

export const postText = z.string().meta({ description: `At most ${POST_LENGTH_MAX_CHARACTERS.toLocaleString('en')} characters.`, examples: ['Hello, world'] });

const attachment = z.strictObject({
  media: mediaId,
  alt: z
    .string()
    .optional()
    .meta({
      description: `What is to be seen, in words: at most ${ALT_LENGTH_MAX_CHARACTERS.toLocaleString('en')} characters.`,
      examples: ['A cat on a fence'],
    }),
});

export const newPost = z.strictObject({
  text: postText.optional().meta({ description: `At most ${POST_LENGTH_MAX_CHARACTERS.toLocaleString('en')} characters. A post with pictures needs none.` }),
  media: z
    .array(attachment)
    .optional()
    .meta({ description: `Pictures and videos that you have uploaded, at most ${ATTACHMENTS_MAX}.` }),
  visibility: z
    .enum(['public', 'friends', 'self'])
    .optional()
    .meta({
      description: 'Who may read it; everybody, if it is absent. People who may not read the post that you reply to can’t read the reply either.',
      examples: ['friends'],
    }),
  replyTo: postId.optional().meta({ description: 'The post that you reply to.', examples: [EXAMPLE.post] }),
  quotes: postId.optional().meta({ description: 'The public post that you quote.', examples: [EXAMPLE.post] }),
});

export const PUBLISHING_REFUSALS = [
  'post-empty',
  'post-too-long',
  'text-malformed',
  'content-refused',
  'content-unchecked',
  'same-text',
  'post-unknown',
  'post-is-share',
  'post-not-public',
  ...UPLOADS_REFUSALS,
] as const satisfies readonly RefusalCode[];

export const postOf = ({ text = '', media = [], visibility, replyTo, quotes }: z.output<typeof newPost>): Omit<PublishPost, 'author'> => ({
  text,
  ...(media.length > 0 && { media: media.map((of) => ({ media: of.media, ...(of.alt !== undefined && { alt: of.alt }) })) }),
  ...(visibility !== undefined && { visibility }),
  ...(replyTo !== undefined && { replyTo }),
  ...(quotes !== undefined && { quotes }),
});
