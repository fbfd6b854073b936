/** The invitations of the caller to groups. */
import { z } from 'zod';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { blockedAmong } from '../../../projections/view-access/blocks.ts';
import type { InvitationDocument } from '../../../projections/read-models/chat/invitations.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { loadNames, namedPersonSchema } from '../../named-person.ts';
import { query } from '../../query.ts';
import { idField, timeField } from '../../response-fields.ts';

/** Further ones appear as these are answered. */
const INVITATIONS_MAX = 100;

const invitationSchema = z
  .object({
    channel: idField('The id of the group, by which the invitation is answered.', EXAMPLE.channel),
    title: z.string().nullable().meta({ description: 'The title of the group. null: it has none.' }),
    by: namedPersonSchema.meta({ description: 'The member who invited you.' }),
    members: z.int().meta({ description: 'The number of members.', examples: [3] }),
    at: timeField('When you were invited.'),
  })
  .meta({ id: 'Invitation' });

export function invitationRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/me/invitations',
      operationId: 'getInvitations',
      summary: 'List my invitations to groups',
      description: `Returns the invitations that you have not answered: at most ${INVITATIONS_MAX}.`,
      tag: 'Channels',
      example: { invitations: [{ channel: EXAMPLE.channel, title: 'Us', by: { id: EXAMPLE.bob, name: 'Bob' }, members: 3, at: EXAMPLE.at }] },
      callers: ['person'],
      response: z.object({ invitations: z.array(invitationSchema) }),
      reads: ['invitations', 'channels', 'profile', 'relationships'],
      handle: async ({ caller: { person } }) => {
        const found = await views.find('invitations', { where: { person }, order: { _id: 1 }, limit: INVITATIONS_MAX });
        return { invitations: await present(person, found) };
      },
    }),
  ];

  /** An invitation to a group that has ended is left out, and one to a group with a member across a block, which can't be accepted. */
  async function present(person: PersonId, found: readonly InvitationDocument[]): Promise<z.infer<typeof invitationSchema>[]> {
    const groups = await views.getMany(
      'channels',
      found.map(({ channel }) => channel),
    );
    const [names, blocked] = await Promise.all([
      loadNames(
        views,
        found.map(({ by }) => by),
      ),
      Promise.all(found.map(({ by }, i) => blockedAmong(views, person, [by, ...(groups[i]?.members ?? [])]))),
    ]);
    return found.flatMap(({ channel, at }, i) => {
      const [group, by] = [groups[i], names[i]];
      if (group === undefined || by === undefined || group.members.length === 0 || blocked[i]?.size !== 0) return [];
      return [{ channel, title: group.title, by, members: group.members.length, at }];
    });
  }
}
