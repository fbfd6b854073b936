/**
 * The part of the control protocol by which people, posts and follows of other systems are imported; `chat-protocol.ts` has their channels.
 * What stands in a file, the command line reads.
 */
import { z } from 'zod';
import { ALT_LENGTH_MAX_CHARACTERS, ATTACHMENTS_MAX } from '../../../domain/media/attachments.ts';
import { LANGUAGE_CHARACTERS_MAX } from '../../../domain/shared/language.ts';
import type { MediaId, PersonId, PostId } from '../../../domain/shared/ids.ts';
import { instantField, personId, text } from '../../../edge/fields.ts';
import { chatImportRequests, type ChatImportLines } from './chat-protocol.ts';
import type { ImportOutcome } from './outcome.ts';

/** Of one request, which has a length that it may have. */
export const IMPORTED_AT_ONCE_MAX = 200;
export const IMPORTED_PIECE_BYTES = 1_024 * 1_024;
const PIECE_CHARACTERS_MAX = 2 * IMPORTED_PIECE_BYTES;
/** Of a request with a piece. */
export const IMPORT_REQUEST_CHARACTERS_MAX = 2 * PIECE_CHARACTERS_MAX;
const KEY_CHARACTERS_MAX = 2_000;
const LOGIN_NAME_CHARACTERS_MAX = 200;
const NAME_CHARACTERS_MAX = 1_000;
const TEXT_CHARACTERS_MAX = 20_000;
/** A character outside the Basic Multilingual Plane is two. */
const ALT_UNITS_MAX = 2 * ALT_LENGTH_MAX_CHARACTERS;
const TIME_ZONE_CHARACTERS_MAX = 64;
const TYPE_CHARACTERS_MAX = 201;

const key = z.string().min(1).max(KEY_CHARACTERS_MAX);
const loginName = text(LOGIN_NAME_CHARACTERS_MAX);
const line = z.number().int().positive();
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(IMPORTED_AT_ONCE_MAX);
/** Nothing is written: it is told what would be. */
const dryRun = z.boolean();

const person = z.strictObject({
  line,
  /** Names the person where they come from; without one the login name does. */
  key: key.optional(),
  loginName,
  name: z.string().max(NAME_CHARACTERS_MAX),
  about: z.string().max(TEXT_CHARACTERS_MAX).optional(),
  timeZone: text(TIME_ZONE_CHARACTERS_MAX).optional(),
  language: text(LANGUAGE_CHARACTERS_MAX).optional(),
  country: text(2).optional(),
  /** False: nobody finds them by name, and nobody claims the account. */
  isActive: z.literal(false).optional(),
});
const post = z.strictObject({
  key,
  at: instantField,
  text: z.string().max(TEXT_CHARACTERS_MAX),
  visibility: z.enum(['public', 'friends']),
  /** By the keys under which they were imported. */
  media: z
    .array(z.strictObject({ key, alt: z.string().min(1).max(ALT_UNITS_MAX).optional() }))
    .max(ATTACHMENTS_MAX)
    .optional(),
  /** The key of the post that it replies to, of the same author; or of this `person`. */
  replyTo: z.union([key, z.strictObject({ person: personId, key })]).optional(),
});

export const importRequests = {
  'find-login': z.strictObject({ loginName }),
  /** `claims`: answers for everybody without a password a claim, with which they choose one. */
  'import-people': z.strictObject({ people: listOf(person), claims: z.boolean(), dryRun }),
  'import-posts': z.strictObject({ person: personId, source: key, posts: listOf(post), dryRun }),
  /** `piece`: in base64, from `offset` on, of a file of so many `bytes`. Without a `purpose` it is a picture or a video. */
  'import-media': z.strictObject({
    person: personId,
    source: key,
    key,
    bytes: z.int().positive(),
    offset: z.int().min(0),
    piece: z.base64().max(PIECE_CHARACTERS_MAX),
    purpose: z
      .discriminatedUnion('kind', [z.strictObject({ kind: z.literal('audio') }), z.strictObject({ kind: z.literal('file'), type: text(TYPE_CHARACTERS_MAX) })])
      .optional(),
  }),
  'import-follows': z.strictObject({ person: personId, follows: listOf(z.strictObject({ line, loginName })), dryRun }),
  ...chatImportRequests,
} as const;

export type ImportLines = {
  /** Null: nobody has this login name. */
  readonly 'find-login': { readonly person: PersonId | null };
  /** `claim`: null where none was asked for, and for whoever has a password. */
  readonly 'import-people': ImportOutcome & { readonly line: number; readonly person: PersonId | null; readonly claim: string | null };
  /** `post`: its id here; null where it was refused, and where nothing is written. */
  readonly 'import-posts': ImportOutcome & { readonly key: string; readonly post: PostId | null };
  /** `incomplete`: send the piece from `offset` on. */
  readonly 'import-media': { readonly media: MediaId } & (
    { readonly outcome: 'ready' } | { readonly outcome: 'incomplete'; readonly offset: number } | Extract<ImportOutcome, { outcome: 'refused' }>
  );
  readonly 'import-follows': ImportOutcome & { readonly line: number };
} & ChatImportLines;
