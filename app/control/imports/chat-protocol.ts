/** The part of the control protocol by which channels of other systems are imported, with their members and what was said there. */
import { z } from 'zod';
import { MESSAGE_ENTITIES_MAX, TEXT_STYLES } from '../../../domain/chat/content/message-entities.ts';
import { FILE_NAME_LENGTH_MAX_CHARACTERS } from '../../../domain/chat/content/message-media.ts';
import { CHANNEL_MEMBERS_MAX } from '../../../domain/chat/groups/limits.ts';
import { REACTION_KINDS_MAX } from '../../../domain/chat/message-marks.ts';
import { MENTIONS_MAX, MESSAGE_LENGTH_MAX_CHARACTERS } from '../../../domain/chat/messages.ts';
import { ALT_LENGTH_MAX_CHARACTERS, ATTACHMENTS_MAX } from '../../../domain/media/attachments.ts';
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import { channelId, instantField, personId } from '../../../edge/fields.ts';
import type { ImportOutcome } from './outcome.ts';

const IMPORTED_AT_ONCE_MAX = 200;
const KEY_CHARACTERS_MAX = 200;
const TITLE_CHARACTERS_MAX = 1_000;
const DESCRIPTION_CHARACTERS_MAX = 20_000;
const REACTING_MAX = 1_000;
/** A character outside the Basic Multilingual Plane is two. */
const TEXT_UNITS_MAX = 2 * MESSAGE_LENGTH_MAX_CHARACTERS;
const ALT_UNITS_MAX = 2 * ALT_LENGTH_MAX_CHARACTERS;
const FILE_NAME_UNITS_MAX = 2 * FILE_NAME_LENGTH_MAX_CHARACTERS;

const key = z.string().min(1).max(KEY_CHARACTERS_MAX);
const title = z.string().max(TITLE_CHARACTERS_MAX).optional();
const dryRun = z.boolean();
const named = { source: key, key, openedAt: instantField, dryRun };
const range = { from: z.int().min(0), to: z.int().min(0) };

const entity = z.discriminatedUnion('kind', [
  z.strictObject({ ...range, kind: z.enum(TEXT_STYLES) }),
  z.strictObject({ ...range, kind: z.literal('pre') }),
  z.strictObject({ ...range, kind: z.literal('link'), url: z.string() }),
  z.strictObject({ ...range, kind: z.literal('mention'), person: personId }),
]);

const message = z.strictObject({
  key,
  at: instantField,
  sender: personId,
  text: z.string().max(TEXT_UNITS_MAX),
  entities: z.array(entity).max(MESSAGE_ENTITIES_MAX).optional(),
  mentions: z.array(personId).max(MENTIONS_MAX).optional(),
  /** By the keys under which they were imported, of the sender. */
  media: z
    .array(
      z.strictObject({
        key: z.string().min(1),
        alt: z.string().min(1).max(ALT_UNITS_MAX).optional(),
        name: z.string().min(1).max(FILE_NAME_UNITS_MAX).optional(),
      }),
    )
    .max(ATTACHMENTS_MAX)
    .optional(),
  /** The key of the message that it replies to. */
  replyTo: key.optional(),
  editedAt: instantField.optional(),
  reactions: z
    .array(z.strictObject({ emoji: z.string().min(1), people: z.array(personId).max(REACTING_MAX) }))
    .max(REACTION_KINDS_MAX)
    .optional(),
});

export const chatImportRequests = {
  'import-channel': z.discriminatedUnion('kind', [
    z.strictObject({ ...named, kind: z.literal('direct'), members: z.tuple([personId, personId]) }),
    z.strictObject({ ...named, kind: z.literal('group'), owner: personId, members: z.array(personId).max(CHANNEL_MEMBERS_MAX), title }),
    /** Its members come by `import-members`. */
    z.strictObject({ ...named, kind: z.literal('announcement'), owner: personId, title }),
  ]),
  'import-members': z.strictObject({ channel: channelId, members: z.array(personId).min(1).max(IMPORTED_AT_ONCE_MAX) }),
  /** `source`: of the channel, whose messages it names with their keys, in their order. `system`: of the media. */
  'import-messages': z.strictObject({ channel: channelId, source: key, system: key, messages: z.array(message).min(1).max(IMPORTED_AT_ONCE_MAX), dryRun }),
  /** Its members have read what was imported, where nobody wrote there since. */
  'import-channel-end': z.strictObject({ channel: channelId, description: z.string().max(DESCRIPTION_CHARACTERS_MAX).optional() }),
} as const;

export type ChatImportLines = {
  readonly 'import-channel': ImportOutcome & { readonly channel: ChannelId };
  readonly 'import-members': ImportOutcome & { readonly person: PersonId };
  /** `isReply`: false where what it replies to is not there. */
  readonly 'import-messages': ImportOutcome & { readonly key: string; readonly isReply: boolean };
  /** `read`: for how many members. `description`: why there is none. */
  readonly 'import-channel-end': { readonly read: number; readonly description: Extract<ImportOutcome, { outcome: 'refused' }> | null };
};
