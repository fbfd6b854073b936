/** The notification templates of apps. */
import { z } from 'zod';
import { TEMPLATE_MAX_BYTES } from '../../domain/notifications/templates/template.ts';
import { templateStream } from '../../domain/shared/streams.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { templateId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

/** A byte of the longest template takes six where a client escapes every character. */
const TEMPLATE_BODY_BYTES_MAX = 6 * TEMPLATE_MAX_BYTES + 4 * 1_024;

const templateBody = z.strictObject({
  template: templateId.optional().meta({ description: 'Publishes the next version of this template. Default: a new template.', examples: [EXAMPLE.template] }),
  title: z.string().optional().meta({ description: 'The title, in Liquid. It is put into one line; where it renders to nothing, there is no title.' }),
  body: z.string().meta({ description: 'The text, in Liquid. Each notification must bring every parameter that the text uses.' }),
});

export function templateRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  return [
    command(dependencies, {
      method: 'post',
      path: '/v1/templates',
      operationId: 'publishTemplate',
      summary: 'Publish a template',
      description: 'Publishes a template, or the next version of one. A published version never changes.',
      tag: 'Templates',
      example: {
        body: { title: 'Order {{ number }}', body: 'Your order {{ number }} is on its way.' },
        result: { id: EXAMPLE.template },
        stream: templateStream(EXAMPLE.template),
      },
      callers: ['app'],
      limits: [{ limit: limits.appRequests, by: 'caller' }],
      body: templateBody,
      bodyBytesMax: TEMPLATE_BODY_BYTES_MAX,
      refusals: ['app-unknown', 'app-disabled', 'template-unknown', 'template-invalid', 'content-too-large', 'text-malformed'],
      resultFields: { id: templateId },
      execute: ({ caller: { app }, body: { template, title, body } }, context) =>
        commands.publishTemplate({ app, body, ...(template === undefined ? {} : { template }), ...(title === undefined ? {} : { title }) }, context),
    }),
  ];
}
