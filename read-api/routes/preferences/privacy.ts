/** What others learn of the caller, who alone may see it. */
import { z } from 'zod';
import { DEFAULT_PRIVACY, PRESENCE_AUDIENCES, type Privacy } from '../../../domain/people/preferences/privacy.ts';
import type { Route } from '../../../edge/http/routes.ts';
import type { PrivacyDocument } from '../../../projections/read-models/preferences.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { query } from '../../query.ts';

export const privacySchema = z
  .object({
    readReceipts: z.boolean().meta({ description: 'Whether others are told how far you have read, and you how far they have.' }),
    presence: z.enum(PRESENCE_AUDIENCES).meta({ description: 'Who sees whether you are online, and when you were last active.' }),
    invisible: z.boolean().meta({ description: 'Whether you are shown as offline to everybody.' }),
  })
  .meta({ id: 'Privacy' });

export const presentPrivacy = ({ readReceipts, presence, invisible }: PrivacyDocument | Privacy = DEFAULT_PRIVACY): z.infer<typeof privacySchema> => ({
  readReceipts,
  presence,
  invisible,
});

export function privacyRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/me/privacy',
      operationId: 'getPrivacy',
      summary: 'Get what others learn of me',
      description: 'Returns whether others are told how far you have read, and who sees whether you are online.',
      tag: 'Settings',
      example: { readReceipts: false, presence: 'friends', invisible: false },
      callers: ['person'],
      response: privacySchema,
      reads: ['preferences'],
      handle: async ({ caller: { person } }) => presentPrivacy(await views.get('privacy', person)),
    }),
  ];
}
