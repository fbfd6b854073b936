/** Unsubscribing by the link in a message. A mail reader posts to it (RFC 8058); whoever follows it sees a page with a button, for programs follow links too. */
import { v7 } from 'uuid';
import { z } from 'zod';
import { text } from '../../edge/fields.ts';
import { respond, route, type Route } from '../../edge/http/routes.ts';
import type { WriteDependencies } from '../dependencies.ts';

const TOKEN_CHARACTERS_MAX = 2_000;
/** `List-Unsubscribe=One-Click`, or the form of the page. */
const BODY_BYTES_MAX = 4 * 1_024;

const params = z.strictObject({ token: text(TOKEN_CHARACTERS_MAX).meta({ description: 'As it stands in the link.' }) });

export function unsubscribeRoutes({ commands, contextFor, clock, limits }: WriteDependencies): readonly Route[] {
  const common = {
    path: '/v1/unsubscribe/:token',
    tag: 'Preferences',
    callers: ['public'],
    limits: [{ limit: limits.unsubscribes, by: 'address' }],
    params,
    query: z.looseObject({}),
    responses: { 200: z.string().meta({ description: 'The page.' }) },
    produces: 'text/html',
    example: { response: '<!doctype html><title>Unsubscribe</title>…' },
  } as const;
  return [
    route({
      ...common,
      method: 'get',
      operationId: 'showUnsubscribe',
      summary: 'Show the page to unsubscribe',
      description: 'Shows a page with a button. It changes nothing.',
      refusals: ['unsubscribe-token-invalid'],
      handle: async ({ params: { token } }) =>
        commands.unsubscriptionIn(token) === undefined ? { refusal: { code: 'unsubscribe-token-invalid' } } : respond(200, ASKING_PAGE),
    }),
    route({
      ...common,
      method: 'post',
      operationId: 'unsubscribe',
      summary: 'Unsubscribe from a category',
      description: 'Ends messages of the category on the channel that the link names, without logging in. Whatever the body says, and however often.',
      takes: 'bytes',
      bodyBytesMax: BODY_BYTES_MAX,
      refusals: [
        'unsubscribe-token-invalid',
        'category-mandatory',
        'preferences-full',
        'person-erased',
        'write-contention',
        'log-unavailable',
        'store-unavailable',
      ],
      handle: async ({ params: { token }, requestId }) => {
        const made = contextFor({
          actor: 'unsubscribe-link',
          type: 'unsubscribe',
          key: v7(),
          fresh: true,
          body: token,
          at: clock(),
          correlationId: requestId,
        });
        if (made.outcome === 'refused') return { refusal: made.refusal };
        const handled = await commands.unsubscribe({ token }, made.context);
        return handled.outcome === 'refused' ? { refusal: handled.refusal } : respond(200, DONE_PAGE);
      },
    }),
  ];
}

const pageOf = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>${title}</title></head><body><main><h1>${title}</h1>${body}</main></body></html>`;

/** The form posts to the address of the page. */
const ASKING_PAGE = pageOf('Unsubscribe', '<p>You will get no more emails of this kind.</p><form method="post"><button>Unsubscribe</button></form>');
const DONE_PAGE = pageOf('Unsubscribed', '<p>You will get no more emails of this kind. You can change that in your settings.</p>');
