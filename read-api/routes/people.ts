/** Who people are, what stands between them and whoever asks, and whether they are there. */
import { z } from 'zod';
import type { PersonId } from '../../domain/shared/ids.ts';
import { personId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { QUERY_LIMIT_MAX } from '../../ports/views/port.ts';
import { inboxId } from '../../projections/read-models/inbox.ts';
import { statusOf } from '../../projections/read-models/presence.ts';
import type { Profile } from '../../projections/read-models/profile.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { query, refused } from '../query.ts';
import { relationsTo } from '../relations.ts';

const profile = {
  id: z.string(),
  name: z.string().nullable(),
  about: z.string().nullable(),
  timeZone: z.string().nullable(),
  since: z.string(),
  erased: z.boolean(),
  followers: z.int(),
  follows: z.int(),
};

const between = {
  friend: z.boolean(),
  followed: z.boolean(),
  muted: z.boolean(),
  blocked: z.boolean().meta({ description: 'By whoever asks.' }),
};

type SeenPresence = { readonly status: 'online' | 'offline'; readonly lastActiveAt: string | null };
const NOT_THERE = { status: 'offline', lastActiveAt: null } as const;

export function peopleRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, presence } = dependencies;
  const onePerson = { callers: ['person'], params: z.strictObject({ person: personId }), refusals: ['person-unknown'] } as const;
  return [
    query(dependencies, {
      path: '/v1/me',
      operationId: 'getMe',
      summary: 'One’s own profile.',
      callers: ['person'],
      answer: z.object(profile).meta({ id: 'Me' }),
      refusals: ['person-unknown'],
      reads: ['profile', 'relationships'],
      handle: async ({ caller }) => (await profileOf(caller.person)) ?? refused('person-unknown'),
    }),

    query(dependencies, {
      ...onePerson,
      path: '/v1/people/:person',
      operationId: 'getPerson',
      summary: 'Another’s profile, and what stands between the two.',
      answer: z.object({ ...profile, ...between }).meta({ id: 'Person' }),
      reads: ['profile', 'relationships', 'friends'],
      handle: async ({ caller, params: { person } }) => {
        const [found, relations] = await Promise.all([profileOf(person), relationsTo(views, caller.person, [person])]);
        if (found === undefined) return refused('person-unknown');
        const { friend = false, followed = false, muted = false, blocked = false } = relations.get(person) ?? {};
        return { ...found, friend, followed, muted, blocked };
      },
    }),

    query(dependencies, {
      ...onePerson,
      path: '/v1/people/:person/presence',
      operationId: 'getPresence',
      summary: 'Whether a friend, or somebody in a channel of one’s own, is there, and since when not. Anyone else is offline, and nobody knows since when.',
      answer: z.object({ status: z.enum(['online', 'offline']), lastActiveAt: z.string().nullable() }),
      reads: ['profile', 'presence', 'friends', 'relationships', 'inbox'],
      handle: async ({ caller, params: { person }, at }) => {
        if ((await views.get('profiles', person)) === undefined) return refused('person-unknown');
        if (!(await maySeePresence(caller.person, person))) return NOT_THERE;
        const now = (await presence.statusOf([person], at)).get(person);
        if (now?.status === 'online') return now;
        return newest([now, await lastPresence(person)]) ?? NOT_THERE;
      },
    }),
  ];

  async function profileOf(person: PersonId) {
    const [found, counts] = await Promise.all([views.get('profiles', person), views.get('relationship-counts', person)]);
    return found === undefined ? undefined : { ...viewOf(found), followers: counts?.followers ?? 0, follows: counts?.follows ?? 0 };
  }

  /** As on the gateways: friends, and who shares a channel, unless one of the two blocks the other. */
  async function maySeePresence(reader: PersonId, person: PersonId): Promise<boolean> {
    if (person === reader) return true;
    const relation = (await relationsTo(views, reader, [person])).get(person);
    if (relation === undefined || relation.blocked || relation.blocking) return false;
    if (relation.friend) return true;
    const own = await views.find('inbox', { where: { person: reader, member: true }, limit: QUERY_LIMIT_MAX });
    const theirs = await views.getMany(
      'inbox',
      own.map(({ channel }) => inboxId(person, channel)),
    );
    return theirs.some((row) => row?.member === true);
  }

  /** What outlasts the presence store. Who was online by it, and is not by the store, has gone since. */
  async function lastPresence(person: PersonId) {
    const last = await views.get('presence', person);
    if (last === undefined) return undefined;
    const lost = last.gateway === null ? undefined : await views.get('lost-gateways', last.gateway);
    return { status: 'offline' as const, lastActiveAt: statusOf(last, lost).lastActiveAt };
  }
}

/** The store forgets, and the log hears of what lasted a minute only: either may know the later moment. */
const newest = (seen: readonly (SeenPresence | undefined)[]): SeenPresence | undefined =>
  seen.filter((one) => one !== undefined).toSorted((a, b) => ((a.lastActiveAt ?? '') < (b.lastActiveAt ?? '') ? 1 : -1))[0];

const viewOf = ({ person, name, about, timeZone, since, erased }: Profile) => ({ id: person, name, about, timeZone, since, erased });
