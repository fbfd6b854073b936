/** The people of a Slack archive, and its bots. */
import { z } from 'zod';
import { ABOUT_LENGTH_MAX_CHARACTERS, NAME_LENGTH_MAX_CHARACTERS } from '../../../domain/people/user.ts';
import { cutTo, nameIn } from './cut.ts';
import { jsonItems } from '../json-items.ts';
import type { SlackArchive } from './archive.ts';

/** `isActive`: a person who may want the account; the others are there for what they said. */
export type SlackUser = {
  readonly id: string;
  readonly loginName: string;
  readonly name: string;
  readonly about: string | undefined;
  readonly timeZone: string | undefined;
  readonly isActive: boolean;
};

const maybe = z.string().trim().min(1).optional().catch(undefined);
const flag = z.boolean().catch(false);
const row = z.object({
  id: z.string().min(1),
  name: maybe,
  real_name: maybe,
  deleted: flag,
  is_bot: flag,
  is_app_user: flag,
  tz: maybe,
  profile: z.object({ display_name: maybe, real_name: maybe, title: maybe }).catch({ display_name: undefined, real_name: undefined, title: undefined }),
});

/** Slack's own have at most 80. */
const LOGIN_NAME_CHARACTERS_MAX = 100;
const TIME_ZONE_CHARACTERS_MAX = 64;
/** Slack's own bot has an account like a person's. */
const SLACKBOT = 'USLACKBOT';

/** Undefined: an item that is none. */
export async function* usersIn(archive: Pick<SlackArchive, 'read'>): AsyncGenerator<SlackUser | undefined, void> {
  for await (const item of jsonItems(archive.read('users.json'), { field: undefined })) {
    const parsed = row.safeParse(item);
    yield parsed.success ? userOf(parsed.data) : undefined;
  }
}

function userOf({ id, name, real_name, deleted, is_bot, is_app_user, tz, profile }: z.output<typeof row>): SlackUser {
  const isActive = !deleted && !is_bot && !is_app_user && id !== SLACKBOT;
  return {
    id,
    loginName: cutTo(name ?? id.toLowerCase(), LOGIN_NAME_CHARACTERS_MAX),
    name: nameOf(profile.display_name ?? profile.real_name ?? real_name ?? name ?? id),
    about: isActive && profile.title !== undefined ? cutTo(profile.title, ABOUT_LENGTH_MAX_CHARACTERS) : undefined,
    timeZone: isActive && tz !== undefined && tz.length <= TIME_ZONE_CHARACTERS_MAX ? tz : undefined,
    isActive,
  };
}

/** Somebody who is in no list: a person of another workspace, or a bot that has a name in its messages alone. */
export const strangerOf = (id: string, name: string | undefined): SlackUser => ({
  id,
  loginName: id.toLowerCase(),
  name: nameOf(name ?? id),
  about: undefined,
  timeZone: undefined,
  isActive: false,
});

/** Where the login name is somebody else's here. */
export const furtherLoginName = ({ id, loginName }: Pick<SlackUser, 'id' | 'loginName'>): string => `${loginName}.${id.toLowerCase()}`;

const nameOf = (name: string): string => nameIn(name, NAME_LENGTH_MAX_CHARACTERS);
