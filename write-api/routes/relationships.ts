/** Whom one follows, mutes and blocks: each is put and deleted. */
import { z } from 'zod';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import { personId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

type Connection = {
  readonly collection: 'follows' | 'mutes' | 'blocks';
  readonly begin: 'follow' | 'mute' | 'block';
  readonly end: 'unfollow' | 'unmute' | 'unblock';
  readonly means: { readonly begin: string; readonly end: string };
  readonly refusals: readonly RefusalCode[];
};

const CONNECTIONS: readonly Connection[] = [
  {
    collection: 'follows',
    begin: 'follow',
    end: 'unfollow',
    means: { begin: 'Follow somebody: their posts come into one’s feed.', end: 'Follow somebody no more.' },
    refusals: ['blocked', 'follows-full'],
  },
  {
    collection: 'mutes',
    begin: 'mute',
    end: 'unmute',
    means: { begin: 'Mute somebody: one sees no more of their posts, and they don’t know.', end: 'Mute somebody no more.' },
    refusals: ['mutes-full'],
  },
  {
    collection: 'blocks',
    begin: 'block',
    end: 'unblock',
    means: { begin: 'Block somebody: neither sees or reaches the other.', end: 'Block somebody no more.' },
    refusals: ['blocks-full'],
  },
];

const params = z.strictObject({ person: personId });

export function relationshipRoutes({ commands, contextFor, limits }: WriteDependencies): readonly Route[] {
  const ofPerson = { callers: ['person'], limits: [{ limit: limits.commands, by: 'caller' }], params } as const;
  return CONNECTIONS.flatMap(({ collection, begin, end, means, refusals }) => [
    command(contextFor, {
      ...ofPerson,
      method: 'put',
      path: `/v1/me/${collection}/:person`,
      operationId: begin,
      summary: means.begin,
      refusals: ['self-not-allowed', 'person-unknown', ...refusals],
      act: ({ caller: { person }, params: { person: other } }, context) => commands[begin]({ person, other }, context),
    }),
    command(contextFor, {
      ...ofPerson,
      method: 'delete',
      path: `/v1/me/${collection}/:person`,
      operationId: end,
      summary: means.end,
      refusals: [],
      act: ({ caller: { person }, params: { person: other } }, context) => commands[end]({ person, other }, context),
    }),
  ]);
}
