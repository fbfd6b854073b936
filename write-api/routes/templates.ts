/** What an app says again and again. */
import { z } from 'zod';
import { templateId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

const templateBody = z.strictObject({
  template: templateId.optional().meta({ description: 'The next version of this one; a new template where it is absent.' }),
  title: z.string().optional(),
  body: z.string().meta({ description: 'In Liquid. A parameter that it names must come with each notification.' }),
});

export function templateRoutes({ commands, contextFor, limits }: WriteDependencies): readonly Route[] {
  return [
    command(contextFor, {
      method: 'post',
      path: '/v1/templates',
      operationId: 'publishTemplate',
      summary: 'Publish a template, or its next version. What was published stays as it is.',
      callers: ['app'],
      limits: [{ limit: limits.appRequests, by: 'caller' }],
      body: templateBody,
      refusals: ['app-unknown', 'app-disabled', 'template-unknown', 'template-invalid', 'content-too-large', 'text-malformed'],
      more: { id: templateId },
      act: ({ caller: { app }, body: { template, title, body } }, context) =>
        commands.publishTemplate({ app, body, ...(template === undefined ? {} : { template }), ...(title === undefined ? {} : { title }) }, context),
    }),
  ];
}
