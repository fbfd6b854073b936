/** Profiles, the reader's relations to other people, and presence. */
import { z } from 'zod';
import { LAST_ACTIVE_SHOWN_MS, shownLastActive } from '../../domain/chat/presence.ts';
import { showsPresence } from '../../domain/people/preferences/privacy.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { MINUTE_MS, type Instant } from '../../domain/shared/instant.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { personId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { PresenceUnavailable } from '../../ports/presence/port.ts';
import { QUERY_LIMIT_MAX } from '../../ports/views/port.ts';
import { inboxId } from '../../projections/read-models/chat/inbox.ts';
import { presenceStatusOf } from '../../projections/read-models/chat/presence.ts';
import type { ProfileDocument } from '../../projections/read-models/profile.ts';
import { countHiddenFollows, isUnknownTo } from '../across-blocks.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { mediaSchema, presentPicture } from '../media/media-view.ts';
import { query, refused } from '../query.ts';
import { loadReaderRelations } from '../reader-relations.ts';
import { idField, optionalTimeField, timeField } from '../response-fields.ts';

const profile = {
  id: idField('The id of the person.', EXAMPLE.ada),
  name: z
    .string()
    .nullable()
    .meta({ description: 'The name. null: the person was erased.', examples: ['Ada'] }),
  about: z.string().nullable().meta({ description: 'A text that the person wrote about themselves. null: there is none.' }),
  picture: mediaSchema.nullable().meta({ description: 'The picture of the person. null: there is none.' }),
  timeZone: z
    .string()
    .nullable()
    .meta({ description: 'An IANA time zone. null: the person has set none.', examples: ['Europe/London'] }),
  since: timeField('When the person signed up.'),
  erased: z.boolean().meta({ description: 'Whether the account was deleted.' }),
  followers: z.int().meta({ description: 'The number of people who follow the person.' }),
  follows: z.int().meta({ description: 'The number of people whom the person follows.' }),
};

/** Shown to the person alone. */
const ownFields = {
  findable: z.boolean().meta({ description: 'Whether others find you by your name or login name, and can mention you. Friends can in any case.' }),
  language: z
    .string()
    .nullable()
    .meta({ description: 'The language you are told in, as a BCP 47 tag. null: you have set none.', examples: ['en-GB'] }),
  country: z
    .string()
    .nullable()
    .meta({ description: 'The country you live in (ISO 3166-1 alpha-2). null: you have set none.', examples: ['GB'] }),
};

const relationFields = {
  friend: z.boolean().meta({ description: 'Whether you are friends.' }),
  followed: z.boolean().meta({ description: 'Whether you follow the person.' }),
  muted: z.boolean().meta({ description: 'Whether you mute the person.' }),
  blocked: z.boolean().meta({ description: 'Whether you block the person.' }),
};

const EXAMPLE_PROFILE = {
  id: EXAMPLE.ada,
  name: 'Ada',
  about: 'Engines, mostly analytical',
  picture: null,
  timeZone: 'Europe/London',
  since: EXAMPLE.at,
  erased: false,
  followers: 12,
  follows: 7,
};

type PresenceView = { readonly status: 'online' | 'offline'; readonly lastActiveAt: Instant | null };
const OFFLINE = { status: 'offline', lastActiveAt: null } as const;

export function peopleRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, presence, logFacts } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'People', params: z.strictObject({ person: personId }), refusals: ['person-unknown'] } as const;
  return [
    query(dependencies, {
      path: '/v1/me',
      operationId: 'getMe',
      revalidates: true,
      summary: 'Get my profile',
      description: 'Returns your own profile.',
      tag: 'People',
      example: { ...EXAMPLE_PROFILE, findable: true, language: 'en-GB', country: 'GB' },
      callers: ['person'],
      response: z.object({ ...profile, ...ownFields }).meta({ id: 'Me' }),
      refusals: ['person-unknown'],
      reads: ['profile', 'relationships'],
      handle: async ({ caller: { person } }) => {
        const [own, found, hidden] = await Promise.all([views.get('profiles', person), profileOf(person), countHiddenFollows(views, person)]);
        if (own === undefined || found === undefined) return refused('person-unknown');
        return { ...found, findable: own.findable, language: own.language, country: own.country, follows: Math.max(found.follows - hidden, 0) };
      },
    }),

    query(dependencies, {
      ...ofPerson,
      path: '/v1/people/:person',
      operationId: 'getPerson',
      revalidates: true,
      summary: 'Get a person’s profile',
      description:
        'Returns the profile of a person, and how you stand to the person. A person who blocks you is unknown to you; of one whom you block you see the name alone.',
      example: { ...EXAMPLE_PROFILE, id: EXAMPLE.bob, name: 'Bob', about: null, friend: true, followed: false, muted: false, blocked: false },
      response: z.object({ ...profile, ...relationFields }).meta({ id: 'Person' }),
      reads: ['profile', 'relationships', 'friends'],
      handle: async ({ caller, params: { person } }) => {
        const [found, relations] = await Promise.all([profileOf(person), loadReaderRelations(views, caller.person, [person])]);
        if (found === undefined || (await isUnknownTo(logFacts, { reader: caller.person, person }))) return refused('person-unknown');
        const { isFriend = false, isFollowed = false, isMuted = false, isBlocked = false } = relations.get(person) ?? {};
        const shown = isBlocked ? { ...found, about: null, picture: null, timeZone: null, followers: 0, follows: 0 } : found;
        return { ...shown, friend: isFriend, followed: isFollowed, muted: isMuted, blocked: isBlocked };
      },
    }),

    query(dependencies, {
      ...ofPerson,
      path: '/v1/people/:person/presence',
      operationId: 'getPresence',
      summary: 'Get a person’s presence',
      description:
        'Returns whether a friend, or a member of a channel of yours, is online, and when the person was last active. Everybody else is shown as offline, and so is who wants it.',
      example: { status: 'offline', lastActiveAt: EXAMPLE.at },
      response: z.object({
        status: z.enum(['online', 'offline']).meta({ description: 'Whether the person is connected and active.' }),
        lastActiveAt: optionalTimeField(
          `When the person was last active, to ${LAST_ACTIVE_SHOWN_MS / MINUTE_MS} minutes. null: unknown, or not for you to see.`,
        ),
      }),
      reads: ['profile', 'presence', 'friends', 'relationships', 'inbox', 'channels'],
      handle: async ({ caller, params: { person } }) => {
        if ((await views.get('profiles', person)) === undefined || (await isUnknownTo(logFacts, { reader: caller.person, person })))
          return refused('person-unknown');
        if (!(await maySeePresence(caller.person, person))) return OFFLINE;
        const { status, lastActiveAt } = (await presenceOf(person)) ?? OFFLINE;
        return { status, lastActiveAt: lastActiveAt === null ? null : shownLastActive(lastActiveAt) };
      },
    }),
  ];

  async function profileOf(person: PersonId) {
    const [found, counts] = await Promise.all([views.get('profiles', person), views.get('relationship-counts', person)]);
    return found === undefined ? undefined : { ...viewOf(found), followers: counts?.followers ?? 0, follows: counts?.follows ?? 0 };
  }

  /** The same rule as on the gateways: friends and members of a common channel that is no message request, of an announcement channel those who write there, unless one of the two blocks the other, and as the person wants it. */
  async function maySeePresence(reader: PersonId, person: PersonId): Promise<boolean> {
    if (person === reader) return true;
    const relation = (await loadReaderRelations(views, reader, [person])).get(person);
    if (relation === undefined || (await logFacts.isBlockedBy(person, reader))) return false;
    if (!showsPresence(await logFacts.privacyOf(person), relation)) return false;
    if (relation.isFriend) return true;
    const own = await views.find('inbox', { where: { person: reader, member: true }, limit: QUERY_LIMIT_MAX });
    const theirs = await views.getMany(
      'inbox',
      own.map(({ channel }) => inboxId(person, channel)),
    );
    const shared = own.filter(({ request }, i) => request === null && theirs[i]?.member === true && theirs[i].request === null);
    if (shared.some(({ announcement }) => !announcement)) return true;
    // Of an announcement channel only those who write there see each other.
    const announcing = await views.getMany(
      'channels',
      shared.map(({ channel }) => channel),
    );
    return announcing.some((channel) => channel?.members.includes(reader) === true && channel.members.includes(person));
  }

  async function presenceOf(person: PersonId): Promise<PresenceView | undefined> {
    const now = await presentStatus(person);
    if (now === 'unknown') return recordedPresence(person);
    return now?.status === 'online' ? now : newest([now, await lastPresence(person)]);
  }

  async function presentStatus(person: PersonId): Promise<PresenceView | undefined | 'unknown'> {
    try {
      return (await presence.statusOf([person])).get(person);
    } catch (error) {
      if (error instanceof PresenceUnavailable) return 'unknown';
      throw error;
    }
  }

  /** What has lasted for a minute, as the log has it. */
  async function recordedPresence(person: PersonId): Promise<PresenceView | undefined> {
    const last = await views.get('presence', person);
    if (last === undefined) return undefined;
    return presenceStatusOf(last, last.gateway === null ? undefined : await views.get('lost-gateways', last.gateway));
  }

  /** The views outlast the presence store. A person who is online by the views and not by the store has gone since. */
  async function lastPresence(person: PersonId): Promise<PresenceView | undefined> {
    const recorded = await recordedPresence(person);
    return recorded === undefined ? undefined : { status: 'offline', lastActiveAt: recorded.lastActiveAt };
  }
}

/** The store forgets, and the log holds only states that lasted a minute: either may know the later moment. */
const newest = (seen: readonly (PresenceView | undefined)[]): PresenceView | undefined =>
  seen.filter((one) => one !== undefined).toSorted((a, b) => ((a.lastActiveAt ?? '') < (b.lastActiveAt ?? '') ? 1 : -1))[0];

const viewOf = (document: ProfileDocument) => {
  const { person, name, about, timeZone, since, erased } = document;
  return { id: person, name, about, picture: presentPicture(document), timeZone, since, erased };
};
