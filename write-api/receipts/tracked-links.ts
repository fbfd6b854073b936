/** The links of emails that lead by way of Tidings, and the pictures that tell that an email was opened. Whoever follows one goes on, whether the log is there or not. */
import { v7 } from 'uuid';
import { z } from 'zod';
import type { CommandContext } from '../../commands/handling/command-context.ts';
import { TRACKED_QUEUE, type RecordTracked } from '../../commands/notifications/tracked-links.ts';
import { text } from '../../edge/fields.ts';
import { noContent, respond, route, type ReceivedRequest, type Route } from '../../edge/http/routes.ts';
import { LogUnavailable } from '../../ports/event-log/port.ts';
import type { WriteDependencies } from '../dependencies.ts';
import { isMachineRequest } from './machine-requests.ts';

const TOKEN_CHARACTERS_MAX = 4_000;
const BODY_BYTES_MAX = 0;
/** One transparent pixel, in base64. */
const PIXEL = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
const JSON_MEDIA_TYPE = 'application/json';
const NOT_KEPT = { 'Cache-Control': 'no-store, max-age=0', 'Referrer-Policy': 'no-referrer', 'X-Robots-Tag': 'noindex, nofollow' };

const token = text(TOKEN_CHARACTERS_MAX).meta({ description: 'As it stands in the email.' });

export function trackedLinkRoutes({ commands, contextFor, recordBehind, jobs, limits }: WriteDependencies): readonly Route[] {
  const common = {
    method: 'get',
    tag: 'Callbacks',
    callers: ['public'],
    limits: [{ limit: limits.trackedLinks, by: 'address' }],
    // Mail services and mail readers add parameters of their own.
    query: z.looseObject({}),
    takes: 'bytes',
    bodyBytesMax: BODY_BYTES_MAX,
    refusals: ['link-invalid'],
  } as const;

  const recordWith = async (command: RecordTracked, { at, requestId }: { readonly at: CommandContext['at']; readonly requestId: string }): Promise<void> => {
    const made = contextFor({ actor: 'tracked-link', type: 'record-tracked', key: v7(), fresh: true, body: command, at, correlationId: requestId });
    if (made.outcome === 'refused') return;
    const { context } = made;
    const { delivery, link = null, isMachine } = command;
    const keep = jobs && (() => jobs.add(TRACKED_QUEUE, [{ id: context.command, data: { delivery, link, isMachine, at } }]));
    await recordBehind.record(async () => {
      const handled = await commands.recordTracked(command, context);
      // Nothing else is worth another try: such as a delivery that a log which was restored doesn’t know.
      if (handled.outcome === 'refused' && handled.refusal.code === 'write-contention') throw new LogUnavailable('write-contention');
    }, keep);
  };

  return [
    route({
      ...common,
      path: '/v1/links/:token',
      operationId: 'followLink',
      summary: 'Follow a link of an email',
      description:
        'Leads from a link that an app has tracked to the address that the link had. The token is signed over it, so that it leads nowhere else. Ask for `application/json` to see where, without going there.',
      params: z.strictObject({ token }),
      responses: { 200: z.object({ url: z.string().meta({ description: 'Where the link leads.' }) }), 302: noContent },
      responseDescriptions: { 200: 'You asked for JSON: where it leads. Nothing is recorded.', 302: 'The address is in `Location`.' },
      example: { responses: { 200: { url: 'https://shop.example/orders/4711' } } },
      handle: async ({ params, received, at, requestId }) => {
        const link = commands.linkIn(params.token);
        if (link === undefined) return { refusal: { code: 'link-invalid' } };
        const url = URL.parse(link.target)?.href ?? link.target;
        if (received?.headers['accept'] === JSON_MEDIA_TYPE) return { status: 200 as const, headers: NOT_KEPT, body: { url } };
        await recordWith({ delivery: link.delivery, link: link.link, isMachine: isMachine(received, 'link') }, { at, requestId });
        return { status: 302 as const, headers: { ...NOT_KEPT, Location: url } };
      },
    }),
    route({
      ...common,
      path: '/v1/opens/:picture',
      operationId: 'loadOpenPicture',
      summary: 'Load the picture of an email',
      description: 'For mail readers: a picture of one pixel, whose loading tells the app that the email was opened.',
      params: z.strictObject({ picture: token.regex(/\.gif$/, 'must end with .gif') }),
      responses: { 200: z.string().meta({ description: 'A GIF of one pixel.', format: 'binary' }) },
      produces: 'image/gif',
      example: { response: 'GIF89a…' },
      handle: async ({ params: { picture }, received, at, requestId }) => {
        const open = commands.openIn(picture.slice(0, -'.gif'.length));
        if (open === undefined) return { refusal: { code: 'link-invalid' } };
        await recordWith({ delivery: open.delivery, isMachine: isMachine(received, 'picture') }, { at, requestId });
        return { ...respond(200, PIXEL), headers: NOT_KEPT };
      },
    }),
  ];
}

const isMachine = (received: ReceivedRequest | undefined, what: 'link' | 'picture'): boolean => received === undefined || isMachineRequest(received, what);
