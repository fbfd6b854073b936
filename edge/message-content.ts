/** What a message has beside its text, as clients send it and as they are told of it: by HTTP and in frames alike. */
import { z } from 'zod';
import type { AskedQuote } from '../domain/chat/content/cut-quote.ts';
import { QUOTE_LENGTH_MAX_CHARACTERS } from '../domain/chat/content/cut-quote.ts';
import {
  LINK_LENGTH_MAX_CHARACTERS,
  LINKS_LENGTH_MAX_CHARACTERS,
  MESSAGE_ENTITIES_MAX,
  TEXT_STYLES,
  type MessageEntity,
} from '../domain/chat/content/message-entities.ts';
import { FILE_NAME_LENGTH_MAX_CHARACTERS, type MessageAttachment } from '../domain/chat/content/message-media.ts';
import { ALT_LENGTH_MAX_CHARACTERS, ATTACHMENTS_MAX } from '../domain/media/attachments.ts';
import type { PersonId } from '../domain/shared/ids.ts';
import { EXAMPLE } from './examples.ts';
import { mediaId } from './fields.ts';
import { UPLOADS_REFUSALS } from './media-refusals.ts';

/** The domain refuses more than it allows, by a code of its own; these only bound the work. */
const ENTITIES_IN_REQUEST_MAX = 2 * MESSAGE_ENTITIES_MAX;
const MEDIA_IN_REQUEST_MAX = 2 * ATTACHMENTS_MAX;
const WORDS_LENGTH_MAX = 8_192;
const LANGUAGE_LENGTH_MAX = 32;

const place = z.int().nonnegative();
const range = {
  from: place.meta({ description: 'Where it begins in the text, counted in Unicode code points.', examples: [6] }),
  to: place.meta({ description: 'Behind its last character.', examples: [9] }),
};
const person = z.uuid().toLowerCase();

/** In both directions. */
export const messageEntity = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.enum(TEXT_STYLES), ...range }),
    z.strictObject({
      kind: z.literal('pre'),
      ...range,
      language: z
        .string()
        .max(LANGUAGE_LENGTH_MAX)
        .optional()
        .meta({ description: 'Of a program.', examples: ['typescript'] }),
    }),
    z.strictObject({
      kind: z.literal('link'),
      ...range,
      url: z
        .string()
        .max(WORDS_LENGTH_MAX)
        .meta({ examples: ['https://example.com/choir'] }),
    }),
    z.strictObject({ kind: z.literal('mention'), ...range, person: person.meta({ examples: [EXAMPLE.bob] }) }),
  ])
  .meta({
    description: `What a part of the text is. Parts may lie in one another and not overlap otherwise; in code nothing lies. A link is http, https or mailto, of at most ${LINK_LENGTH_MAX_CHARACTERS} characters (all together ${LINKS_LENGTH_MAX_CHARACTERS}): show where it leads before it is followed. A person who is mentioned in an entity is mentioned by the message.`,
  });

export const sentEntities = z
  .array(messageEntity)
  .max(ENTITIES_IN_REQUEST_MAX)
  .meta({ description: `What parts of the text are: at most ${MESSAGE_ENTITIES_MAX}. The text itself has no markup.` });

export const sentMedia = z
  .array(
    z.strictObject({
      media: mediaId,
      alt: z
        .string()
        .max(WORDS_LENGTH_MAX)
        .optional()
        .meta({ description: `What is to be seen, in words: at most ${ALT_LENGTH_MAX_CHARACTERS} characters.`, examples: ['A cat on a fence'] }),
      name: z
        .string()
        .max(WORDS_LENGTH_MAX)
        .optional()
        .meta({ description: `The name of a file: at most ${FILE_NAME_LENGTH_MAX_CHARACTERS} characters.`, examples: ['minutes.pdf'] }),
    }),
  )
  .max(MEDIA_IN_REQUEST_MAX)
  .meta({ description: `Pictures, videos, recordings and files that you have uploaded, at most ${ATTACHMENTS_MAX}. Then the text may be empty.` });

export const sentQuote = z
  .strictObject({
    ...range,
    edit: place.optional().meta({ description: 'The `seq` of the edit whose text is meant. Absent: the message’s first text.', examples: [42] }),
  })
  .meta({ description: `The part of the message that you reply to (\`replyTo\`) which you speak about: at most ${QUOTE_LENGTH_MAX_CHARACTERS} characters.` });

type SentContent = {
  readonly entities?: z.output<typeof sentEntities> | undefined;
  readonly media?: z.output<typeof sentMedia> | undefined;
  readonly quote?: z.output<typeof sentQuote> | undefined;
};

export type MessageContent = {
  readonly entities?: readonly MessageEntity[];
  readonly media?: readonly MessageAttachment[];
  readonly quote?: AskedQuote;
};

/** As the commands take it. */
export const contentIn = ({ entities, media, quote }: SentContent): MessageContent => ({
  ...entitiesIn({ entities }),
  ...(media !== undefined && {
    media: media.map(({ media, alt, name }) => ({ media, ...(alt !== undefined && { alt }), ...(name !== undefined && { name }) })),
  }),
  ...(quote !== undefined && { quote: { from: quote.from, to: quote.to, ...(quote.edit !== undefined && { edit: quote.edit }) } }),
});

export const entitiesIn = ({ entities }: Pick<SentContent, 'entities'>): Pick<MessageContent, 'entities'> =>
  entities === undefined ? {} : { entities: entities.map(entityIn) };

function entityIn(entity: z.output<typeof messageEntity>): MessageEntity {
  if (entity.kind === 'mention') return { ...entity, person: entity.person as PersonId };
  if (entity.kind !== 'pre') return entity;
  const { language, ...pre } = entity;
  return language === undefined ? pre : { ...pre, language };
}

/** In frames; by HTTP with addresses beside it. */
export const toldMedia = {
  kind: z.enum(['image', 'video', 'audio', 'file']),
  type: z.string().meta({ description: 'Its MIME type; of a file as its sender tells it.', examples: ['image/jpeg'] }),
  bytes: z.int(),
  name: z
    .string()
    .optional()
    .meta({ description: 'Of a file. Sound without a name was recorded for this message.', examples: ['minutes.pdf'] }),
  alt: z.string().optional().meta({ description: 'What is to be seen, in words.' }),
  width: z.int().optional(),
  height: z.int().optional(),
  durationMs: z.int().optional(),
  blurHash: z.string().optional().meta({ description: 'Stands in for the picture until it is there (blurha.sh).' }),
  smaller: z
    .array(z.enum(['medium', 'small']))
    .optional()
    .meta({ description: 'The smaller pictures of it that there are: of at most 960 and 320 pixels; of a video its poster.' }),
};

export const toldQuote = z
  .strictObject({ text: z.string(), from: place.meta({ description: 'Where it began in the text then, counted in Unicode code points.' }) })
  .meta({ description: 'A part of the message that is replied to, as it was then.' });

export const CONTENT_REFUSALS = [
  'too-many-entities',
  'entity-invalid',
  'links-too-long',
  'file-name-empty',
  'file-name-too-long',
  'text-not-one-line',
  'text-turns-direction',
  'quote-invalid',
  'quote-too-long',
  'message-withdrawn',
  ...UPLOADS_REFUSALS,
] as const;
export const ENTITY_REFUSALS = ['too-many-entities', 'entity-invalid', 'links-too-long'] as const;
