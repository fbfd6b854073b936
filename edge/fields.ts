/** The fields that both APIs and the gateway take from outside: ids, positions, texts. */
import { z } from 'zod';
import type { FriendRequestId } from '../domain/people/events.ts';
import type { AppId, ChannelId, DeviceId, NotificationId, PersonId, PostId, TemplateId } from '../domain/shared/ids.ts';
import type { Instant } from '../domain/shared/instant.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const POSITION_CHARACTERS_MAX = 512;
const DIGITS_MAX = 12;
/** As many as the views' ids have room for. */
const SEQ_MAX = 999_999_999_999;

/** What is a string on the wire and an id in here. */
const idOf = <Id extends string>(pattern: RegExp, description: string) =>
  z.string().regex(pattern, description).meta({ description }) as unknown as z.ZodType<Id, string>;
const uuidOf = <Id extends string>(what: string) => idOf<Id>(new RegExp(`^${UUID}$`), `the id of ${what}`);

export const personId = uuidOf<PersonId>('a person');
export const channelId = uuidOf<ChannelId>('a channel');
export const appId = uuidOf<AppId>('an app');
export const notificationId = uuidOf<NotificationId>('a notification');
export const templateId = uuidOf<TemplateId>('a template');
export const postId = idOf<PostId>(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'the id of a post');
/** Made by the client, one an installation of it. */
export const deviceId = idOf<DeviceId>(/^[\w.:-]{1,128}$/, 'the id of a device: letters, digits and _ . : -, at most 128');
export const friendRequestId = idOf<FriendRequestId>(new RegExp(`^${UUID}:${UUID}$`), 'the id of a friend request: two people, joined by a colon');

/** In UTC, and in the one form that sorts as text. */
export const instantField = z.iso
  .datetime({ abort: true }) // what is no time has no other form either
  .overwrite((text) => new Date(text).toISOString())
  .meta({ description: 'a time in UTC, ISO 8601' }) as unknown as z.ZodType<Instant, string>;

/** In the text of a path or a query: digits and nothing else. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(new RegExp(`^\\d{1,${DIGITS_MAX}}$`), 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max));

export const seq = z.int().min(0).meta({ description: 'a place in a channel, from 0' });
/** The same in the text of a path or a query. */
export const seqInText = (description: string) => wholeNumber(0, SEQ_MAX).meta({ description, override: { type: 'integer', pattern: undefined, minimum: 0 } });
/** Checked by `isPosition`, for what is none of ours has a code of its own. */
export const position = z.string().max(POSITION_CHARACTERS_MAX).meta({ description: 'A position that a command answered.' });

/** A text of somebody whose length the domain doesn't measure. What isn't well-formed Unicode could not be given back as it was. */
export const text = (charactersMax: number) =>
  z
    .string()
    .max(charactersMax)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), 'must be well-formed Unicode without the character NUL');
