/** The frame of an event of a channel: the same in a hint, after a resume and from a catch-up. */
import { z } from 'zod';
import { NOTICE_KINDS } from '../../domain/chat/groups/notices.ts';
import { messageEntity, toldMedia, toldQuote } from '../../edge/message-content.ts';
import { channel, instant, person, seq } from './frame-fields.ts';

const eventFields = { type: z.literal('message'), channel, seq, at: instant, messageCount: z.int().nonnegative() };

const expiresAt = instant.meta({ description: 'The message disappears at this time: show its words no longer.' });

const linkPreview = z
  .strictObject({
    url: z.string(),
    title: z.string(),
    description: z.string().optional(),
    site: z.string().optional(),
    image: z.strictObject({ width: z.int().optional(), height: z.int().optional(), blurHash: z.string().optional() }).optional(),
  })
  .meta({
    description:
      'What the first link of a text leads to, in that page’s own words: show it as text. It holds for the text that came with the entry `of`, until that is edited or withdrawn. With an `image`, fetch the message for its addresses.',
  });

export const messageFrame = z
  .discriminatedUnion('event', [
    z.strictObject({
      ...eventFields,
      event: z.literal('posted'),
      sender: person,
      text: z.string().nullable(),
      clientId: z.string(),
      replyTo: seq.optional(),
      mentions: z.array(person).optional(),
      entities: z.array(messageEntity).optional(),
      media: z
        .array(z.strictObject(toldMedia))
        .optional()
        .meta({ description: 'Their bytes are at `GET /v1/channels/{channel}/messages/{seq}/media/{place}`, counted from 0.' }),
      quote: toldQuote.nullable().optional().meta({ description: 'null: the person whose words they are was erased.' }),
      expiresAt: expiresAt.optional(),
      editedAt: instant.optional().meta({ description: 'Of a message that was imported, and edited before.' }),
      reactions: z
        .record(z.string(), z.array(person))
        .optional()
        .meta({ description: 'Of a message that was imported: the people who had reacted, by emoji.' }),
    }),
    z.strictObject({
      ...eventFields,
      event: z.literal('edited'),
      message: seq,
      sender: person,
      text: z.string().nullable(),
      entities: z.array(messageEntity).optional(),
      expiresAt: expiresAt.optional(),
    }),
    z.strictObject({
      ...eventFields,
      event: z.literal('notice'),
      notice: z.enum(NOTICE_KINDS),
      by: person,
      member: person.optional(),
      title: z.string().nullable().optional(),
      history: z.enum(['all', 'since-joining']).optional(),
      afterSeconds: z.int().nullable().optional(),
      message: seq.optional().meta({ description: 'That was pinned or unpinned.' }),
    }),
    z.strictObject({ ...eventFields, event: z.literal('withdrawn'), message: seq, by: person }),
    z.strictObject({ ...eventFields, event: z.literal('reacted'), message: seq, person, emoji: z.string(), change: z.enum(['added', 'removed']) }),
    z.strictObject({ ...eventFields, event: z.literal('previewed'), message: seq, of: seq, preview: linkPreview.nullable(), expiresAt: instant.optional() }),
  ])
  .meta({
    description:
      'An event of a channel. Every `seq` of an open channel comes once and in order. A `text` of null: its sender was erased, or it has disappeared.',
  });
