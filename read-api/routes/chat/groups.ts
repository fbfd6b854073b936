/** What belongs to a group beside its messages: all of its members, its invitation links, and who asks to join. */
import { z } from 'zod';
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId, personId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { JOIN_REQUESTS_MAX } from '../../../domain/chat/groups/group-commands.ts';
import { inboxId } from '../../../projections/read-models/chat/inbox.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { loadKnownNames, namedPersonSchema } from '../../named-person.ts';
import { limitParam, next } from '../../pages.ts';
import { query, refused } from '../../query.ts';
import { readAsMember } from '../../read-as-member.ts';
import { idField, optionalTimeField, timeField } from '../../response-fields.ts';

const MEMBERS_DEFAULT = 100;
const MEMBERS_PAGE_MAX = 200;
/** Further ones appear as these are answered. */
const MY_REQUESTS_MAX = 100;

const linkSchema = z
  .object({
    link: idField('The id of the link.', EXAMPLE.invitationLink),
    by: namedPersonSchema.meta({ description: 'Who made it.' }),
    uses: z.int().meta({ description: 'How many people have followed it.' }),
    usesMax: z.int().nullable().meta({ description: 'How many may. null: as many as there is room for.' }),
    expiresAt: optionalTimeField('When it ends. null: when it is revoked.'),
    approval: z.boolean().meta({ description: 'Whether who follows it asks to join.' }),
    at: timeField('When it was made.'),
  })
  .meta({ id: 'InvitationLink' });

const joinRequestSchema = z.object({ person: namedPersonSchema, at: timeField('When the person asked.') }).meta({ id: 'JoinRequest' });

const params = z.strictObject({ channel: channelId });

const isAdmin = (role: 'owner' | 'admin' | 'member' | undefined): boolean => role === 'owner' || role === 'admin';

export function groupRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, logFacts } = dependencies;

  /** For the owner and the admins: by the log, before and behind the read. */
  async function asAdmin<Found>(person: PersonId, channel: ChannelId, read: () => Promise<Found>) {
    const found = await readAsMember(logFacts, { person, channel }, read);
    if (found === undefined) return refused('channel-unknown');
    return isAdmin(await logFacts.roleOf(person, channel)) ? found : refused('not-an-admin');
  }

  return [
    query(dependencies, {
      path: '/v1/channels/:channel/members',
      operationId: 'getMembers',
      summary: 'List the members of a channel',
      description: 'Returns a page of the members. Of an announcement channel only the owner and the admins see it.',
      tag: 'Channels',
      example: { members: [{ id: EXAMPLE.bob, name: 'Bob' }], next: null },
      callers: ['person'],
      params,
      query: z.strictObject({
        after: personId.optional().meta({ description: 'The `next` of the page before.', examples: [EXAMPLE.bob] }),
        limit: limitParam(MEMBERS_DEFAULT, MEMBERS_PAGE_MAX),
      }),
      response: z.object({ members: z.array(namedPersonSchema), next }),
      refusals: ['channel-unknown', 'not-an-admin'],
      reads: ['inbox', 'channels', 'profile'],
      handle: async ({ caller: { person }, params: { channel }, query: { after, limit } }) => {
        const read = async () => {
          const range = after === undefined ? {} : { range: { field: '_id', after: inboxId(after, channel) } };
          const rows = await views.find('inbox', { where: { channel, member: true }, ...range, order: { _id: 1 }, limit: limit + 1 });
          const people = rows.slice(0, limit).map((row) => row.person);
          const members = await loadKnownNames({ views, logFacts }, person, people);
          return { members: [...members], next: rows.length > limit ? (people.at(-1) ?? null) : null };
        };
        const found = await readAsMember(logFacts, { person, channel }, async () => {
          const isForAdmins = (await views.get('channels', channel))?.kind === 'announcement';
          return isForAdmins && !isAdmin(await logFacts.roleOf(person, channel)) ? refused('not-an-admin') : read();
        });
        return found ?? refused('channel-unknown');
      },
    }),

    query(dependencies, {
      path: '/v1/channels/:channel/links',
      operationId: 'getInvitationLinks',
      summary: 'List the invitation links of a group',
      description: 'Returns the links that were not revoked, for the owner and the admins. Their tokens were told when they were made.',
      tag: 'Channels',
      example: {
        links: [
          {
            link: EXAMPLE.invitationLink,
            by: { id: EXAMPLE.ada, name: 'Ada' },
            uses: 3,
            usesMax: 20,
            expiresAt: EXAMPLE.later,
            approval: true,
            at: EXAMPLE.at,
          },
        ],
      },
      callers: ['person'],
      params,
      response: z.object({ links: z.array(linkSchema) }),
      refusals: ['channel-unknown', 'not-an-admin'],
      reads: ['channels', 'profile'],
      handle: ({ caller: { person }, params: { channel } }) =>
        asAdmin(person, channel, async () => {
          const links = (await views.get('channels', channel))?.links ?? [];
          const makers = await loadKnownNames(
            { views, logFacts },
            person,
            links.map(({ by }) => by),
          );
          return { links: links.map((link, i) => ({ ...link, by: makers[i] ?? { id: link.by, name: null } })) };
        }),
    }),

    query(dependencies, {
      path: '/v1/channels/:channel/join-requests',
      operationId: 'getJoinRequests',
      summary: 'List the people who ask to join a group',
      description: `Returns the requests that wait for an answer, for the owner and the admins: at most ${JOIN_REQUESTS_MAX}.`,
      tag: 'Channels',
      example: { requests: [{ person: { id: EXAMPLE.bob, name: 'Bob' }, at: EXAMPLE.at }] },
      callers: ['person'],
      params,
      response: z.object({ requests: z.array(joinRequestSchema) }),
      refusals: ['channel-unknown', 'not-an-admin'],
      reads: ['invitations', 'profile'],
      handle: ({ caller: { person }, params: { channel } }) =>
        asAdmin(person, channel, async () => {
          const found = await views.find('join-requests', { where: { channel }, order: { _id: 1 }, limit: JOIN_REQUESTS_MAX });
          const people = await loadKnownNames(
            { views, logFacts },
            person,
            found.map((one) => one.person),
          );
          return { requests: found.map(({ person: asking, at }, i) => ({ person: people[i] ?? { id: asking, name: null }, at })) };
        }),
    }),

    query(dependencies, {
      path: '/v1/me/join-requests',
      operationId: 'getMyJoinRequests',
      summary: 'List my requests to join groups',
      description: `Returns your requests that wait for an answer: at most ${MY_REQUESTS_MAX}.`,
      tag: 'Channels',
      example: { requests: [{ channel: EXAMPLE.channel, at: EXAMPLE.at }] },
      callers: ['person'],
      response: z.object({
        requests: z.array(z.object({ channel: idField('The id of the group.', EXAMPLE.channel), at: timeField('When you asked.') })),
      }),
      reads: ['invitations'],
      handle: async ({ caller: { person } }) => {
        const found = await views.find('join-requests', { where: { person }, order: { _id: 1 }, limit: MY_REQUESTS_MAX });
        return { requests: found.map(({ channel, at }) => ({ channel, at })) };
      },
    }),
  ];
}
