/** A post as a client gets it. */
import { z } from 'zod';
import { FURTHER_REACTIONS, REACTION_KINDS } from '../../domain/feed/reaction-kinds.ts';
import { VIOLATIONS } from '../../domain/moderation/violations.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { mediaSchema, previewSchema } from '../media/media-view.ts';
import { namedPersonSchema } from '../named-person.ts';
import { idField, optionalTimeField, timeField } from '../response-fields.ts';

const range = {
  from: z.int().meta({ description: 'Its first character in the text, in Unicode code points.' }),
  to: z.int().meta({ description: 'Behind its last.' }),
};
const entities = z
  .object({
    links: z.array(z.object({ ...range, url: z.string() })),
    mentions: z.array(z.object({ ...range, person: idField('The id of the person.', EXAMPLE.bob) })),
    hashtags: z.array(z.object({ ...range, tag: z.string().meta({ description: 'As it is spelled in addresses.', examples: ['rain'] }) })),
  })
  .meta({ id: 'PostEntities', description: 'What the text speaks of.' });

const hidden = z
  .object({
    violation: z.enum(VIOLATIONS).meta({ description: 'What it was found to be.' }),
    statement: z.string().nullable().meta({ description: 'What the moderators say to it.' }),
    at: timeField('When it was hidden.'),
  })
  .meta({ description: 'Moderators have hidden this post of yours from everybody but you. Absent: they have not.' });

const ownFields = {
  id: idField('The id of the post.', EXAMPLE.post),
  author: namedPersonSchema,
  text: z.string().meta({ examples: ['Hello, world'] }),
  entities,
  media: z.array(mediaSchema).optional().meta({ description: 'Its pictures and videos. Absent: it has none.' }),
  preview: previewSchema.optional().meta({ description: 'Absent: the text has no link, or nothing is known of where it leads yet.' }),
  visibility: z.enum(['public', 'friends', 'self']).meta({
    description: 'Who may read it: everybody; friends of the author or, of a reply, of the person who began the thread; or the author alone.',
  }),
  isReply: z.boolean().meta({ description: 'Whether it replies to a post.' }),
  replyTo: z
    .string()
    .nullable()
    .meta({ description: 'The post that it replies to. null: it is no reply, or you can’t see that post.', examples: [EXAMPLE.post] }),
  at: timeField('When it was published.'),
  editedAt: optionalTimeField('When it was last edited. null: never.'),
  likes: z.int().meta({ description: 'The number of likes, without those that a block hides from you. So are the other numbers.' }),
  reactions: z
    .partialRecord(z.enum(FURTHER_REACTIONS), z.int())
    .meta({ description: 'The numbers of reactions of other kinds, of those kinds that somebody chose.', examples: [{ love: 1 }] }),
  replies: z.int().meta({ description: 'The number of replies that everybody may see who may see the post.' }),
  quotes: z.int().meta({ description: 'The number of public posts that quote it.' }),
  shares: z.int().meta({ description: 'The number of people who share it.' }),
  liked: z.boolean().meta({ description: 'Whether you like it.' }),
  reaction: z.enum(REACTION_KINDS).nullable().meta({ description: 'How you react to it; `like` where you like it. null: you don’t.' }),
  shared: z.boolean().meta({ description: 'Whether you share it.' }),
  hidden: hidden.optional(),
};

const quotedPostSchema = z.object(ownFields).meta({ id: 'QuotedPost' });
const quotedPost = z
  .object({ post: quotedPostSchema.nullable() })
  .nullable()
  .meta({ description: 'The post that it quotes; null if it quotes none. Its `post` is null where you can’t see it, for whatever reason.' });
const sharedPostSchema = z.object({ ...ownFields, quotedPost }).meta({ id: 'SharedPost' });

export const postSchema = z
  .object({
    ...ownFields,
    quotedPost,
    sharedPost: sharedPostSchema.nullable().meta({ description: 'The post that it shares: it has nothing of its own then. null: it is no share.' }),
  })
  .meta({ id: 'Post' });

/** What a post has without those that it shows. */
export type OwnView = z.infer<typeof quotedPostSchema>;
export type PostView = z.infer<typeof postSchema>;

export const EXAMPLE_POST: PostView = {
  id: EXAMPLE.post,
  author: { id: EXAMPLE.bob, name: 'Bob' },
  text: 'Hello, world',
  entities: { links: [], mentions: [], hashtags: [] },
  visibility: 'public',
  isReply: false,
  replyTo: null,
  at: EXAMPLE.at,
  editedAt: null,
  likes: 2,
  reactions: { love: 1 },
  replies: 1,
  quotes: 0,
  shares: 0,
  liked: true,
  reaction: 'like',
  shared: false,
  quotedPost: null,
  sharedPost: null,
};
