/** What others learn of a person: whether the person is there, has received and has read something. */
import { z } from 'zod';
import { PRESENCE_AUDIENCES } from '../../domain/people/preferences/privacy.ts';
import { preferencesStream } from '../../domain/shared/streams.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

const privacyBody = z
  .strictObject({
    readReceipts: z
      .boolean()
      .meta({ description: 'Whether others are told how far you have read. If not, you are not told how far they have, either. Default: they are.' }),
    presence: z.enum(PRESENCE_AUDIENCES).meta({
      description:
        'Who sees whether you are online, and when you were last active: `everyone` with whom you share a channel, and friends; `friends` alone; `nobody`. Default: everyone.',
    }),
    invisible: z.boolean().meta({
      description: 'Whether you are shown as offline to everybody, and nobody is told that your devices have received something. Default: you are not.',
    }),
  })
  .partial()
  .refine((changes) => Object.values(changes).some((change) => change !== undefined), 'must name something to change');

export function privacyRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  return [
    command(dependencies, {
      callers: ['person'],
      tag: 'Preferences',
      limits: [{ limit: limits.commands, by: 'caller' }],
      method: 'patch',
      path: '/v1/me/privacy',
      operationId: 'changePrivacy',
      summary: 'Change what others learn of me',
      description: 'Changes what you name; the rest stays as it is. It holds at once, for what you have read or received before as well.',
      example: { body: { readReceipts: false, presence: 'friends' }, stream: preferencesStream(EXAMPLE.ada), revision: 1 },
      body: privacyBody,
      refusals: [],
      execute: ({ caller: { person }, body: { readReceipts, presence, invisible } }, context) => {
        const privacy = {
          ...(readReceipts !== undefined && { readReceipts }),
          ...(presence !== undefined && { presence }),
          ...(invisible !== undefined && { invisible }),
        };
        return commands.changePrivacy({ person, privacy }, context);
      },
    }),
  ];
}
