/** Following, muting and blocking people: each is put and deleted. */
import { z } from 'zod';
import { BLOCKS_MAX, FOLLOWS_MAX, MUTES_MAX } from '../../domain/people/relationships.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import { relationshipsStream } from '../../domain/shared/streams.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { personId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

type Prose = { readonly summary: string; readonly description: string };
type Relationship = {
  readonly collection: 'follows' | 'mutes' | 'blocks';
  readonly begin: 'follow' | 'mute' | 'block';
  readonly end: 'unfollow' | 'unmute' | 'unblock';
  readonly prose: { readonly begin: Prose; readonly end: Prose };
  readonly refusals: readonly RefusalCode[];
};

const count = (max: number) => max.toLocaleString('en');

const RELATIONSHIPS: readonly Relationship[] = [
  {
    collection: 'follows',
    begin: 'follow',
    end: 'unfollow',
    prose: {
      begin: { summary: 'Follow a person', description: `Brings the person’s posts into your feed. You can follow ${count(FOLLOWS_MAX)} people.` },
      end: { summary: 'Unfollow a person', description: 'Removes the person’s posts from your feed, unless you are friends.' },
    },
    refusals: ['blocked', 'follows-full'],
  },
  {
    collection: 'mutes',
    begin: 'mute',
    end: 'unmute',
    prose: {
      begin: {
        summary: 'Mute a person',
        description: `Hides the person’s posts from your feed. The person doesn’t learn of it. You can mute ${count(MUTES_MAX)} people.`,
      },
      end: { summary: 'Unmute a person', description: 'Shows the person’s posts in your feed again.' },
    },
    refusals: ['mutes-full'],
  },
  {
    collection: 'blocks',
    begin: 'block',
    end: 'unblock',
    prose: {
      begin: {
        summary: 'Block a person',
        description: `Neither of you sees the other’s profile, presence or posts, or can write to the other. In a group that you are both in you read each other’s messages, and hear of nothing else. You can block ${count(BLOCKS_MAX)} people.`,
      },
      end: { summary: 'Unblock a person', description: 'Ends your block of the person. A block of you by the person stays.' },
    },
    refusals: ['blocks-full'],
  },
];

const params = z.strictObject({ person: personId });

export function relationshipRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'Relationships', limits: [{ limit: limits.commands, by: 'caller' }], params } as const;
  return RELATIONSHIPS.flatMap(({ collection, begin, end, prose, refusals }) => [
    command(dependencies, {
      ...ofPerson,
      ...prose.begin,
      method: 'put',
      path: `/v1/me/${collection}/:person`,
      operationId: begin,
      example: { stream: relationshipsStream(EXAMPLE.ada) },
      refusals: ['self-not-allowed', 'person-unknown', ...refusals],
      execute: ({ caller: { person }, params: { person: other } }, context) => commands[begin]({ person, other }, context),
    }),
    command(dependencies, {
      ...ofPerson,
      ...prose.end,
      method: 'delete',
      path: `/v1/me/${collection}/:person`,
      operationId: end,
      example: { stream: relationshipsStream(EXAMPLE.ada), revision: 1 },
      refusals: [],
      execute: ({ caller: { person }, params: { person: other } }, context) => commands[end]({ person, other }, context),
    }),
  ]);
}
