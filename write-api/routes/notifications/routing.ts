/** Which vendors serve which deliveries. */
import { z } from 'zod';
import { ACCOUNT_NAME_CHARACTERS_MAX, ROUTING_RULES_MAX, RULE_VENDORS_MAX, SHARE_WEIGHT_MAX } from '../../../domain/notifications/routing/routing.ts';
import type { RoutingRule } from '../../../domain/notifications/routing/events.ts';
import { SENT_CHANNELS, PLATFORMS } from '../../../domain/people/notification-channels.ts';
import { routingStream } from '../../../domain/shared/streams.ts';
import { text } from '../../../edge/fields.ts';
import { respond, route, type Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';

const COUNTRY_CHARACTERS = 2;
const COUNTRIES_MAX = 300;

const vendor = text(ACCOUNT_NAME_CHARACTERS_MAX).meta({ description: 'The name of a vendor’s account.', examples: ['twilio-eu'] });
const rule = z.strictObject({
  channel: z.enum(SENT_CHANNELS).meta({ description: 'The channel of the deliveries that it is for.' }),
  platforms: z.array(z.enum(PLATFORMS)).min(1).optional().meta({ description: 'Of pushes: to devices of these platforms alone.' }),
  countries: z
    .array(text(COUNTRY_CHARACTERS))
    .min(1)
    .max(COUNTRIES_MAX)
    .optional()
    .meta({ description: 'To people of these countries alone (ISO 3166-1 alpha-2): of a text, the country of its number.', examples: [['DE', 'AT']] }),
  vendors: z
    .array(
      z.strictObject({
        vendor,
        weight: z.int().min(1).max(SHARE_WEIGHT_MAX).optional().meta({
          description: 'Its share of the deliveries, beside the other weights. Absent: it serves what the others can’t.',
        }),
      }),
    )
    .min(1)
    .max(RULE_VENDORS_MAX)
    .meta({ description: 'Who serves them. Nobody else does.' }),
});
const rules = z
  .array(rule)
  .max(ROUTING_RULES_MAX)
  .meta({ description: 'The first rule that fits a delivery decides. Where none fits, all vendors of the channel serve it in the order of their settings.' });
const pluggedOut = z.array(vendor).meta({ description: 'The accounts that are plugged out: nothing is given to them.' });

const stream = routingStream('vendors');
type Rules = z.infer<typeof rules>;
const EXAMPLE_RULES: Rules = [
  {
    channel: 'sms',
    countries: ['DE', 'AT'],
    vendors: [
      { vendor: 'twilio-eu', weight: 3 },
      { vendor: 'vonage', weight: 1 },
    ],
  },
  { channel: 'push', countries: ['CN'], vendors: [{ vendor: 'jpush' }] },
];

export function routingRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofOperator = { callers: ['operator'], tag: 'Routing', limits: [{ limit: limits.appRequests, by: 'caller' }] } as const;
  return [
    route({
      ...ofOperator,
      method: 'get',
      path: '/v1/routing',
      operationId: 'getRouting',
      summary: 'Get the routing',
      description: 'Returns the rules by which deliveries go to vendors, and the accounts that are plugged out.',
      example: { response: { rules: EXAMPLE_RULES, pluggedOut: ['vonage-us'] } },
      responses: { 200: z.object({ rules, pluggedOut }).meta({ id: 'Routing' }) },
      refusals: ['log-unavailable'],
      handle: async () => respond(200, structuredClone(await commands.getRouting()) as { rules: Rules; pluggedOut: string[] }),
    }),

    command(dependencies, {
      ...ofOperator,
      method: 'put',
      path: '/v1/routing',
      operationId: 'setRoutingRules',
      summary: 'Set the rules of the routing',
      description: 'Sets the rules by which deliveries go to vendors, in place of all before. Processes that run follow them within a second.',
      example: { body: { rules: EXAMPLE_RULES }, stream },
      body: z.strictObject({ rules }),
      refusals: ['routing-invalid'],
      execute: ({ body }, context) => commands.setRoutingRules({ rules: body.rules as RoutingRule[] }, context),
    }),

    command(dependencies, {
      ...ofOperator,
      method: 'put',
      path: '/v1/routing/plugged-out/:vendor',
      operationId: 'plugVendorOut',
      summary: 'Plug a vendor’s account out',
      description:
        'Gives nothing to the account any more. What waits for it goes to others, and what nobody else serves waits until it is plugged in again or expires.',
      example: { stream, revision: 1 },
      params: z.strictObject({ vendor }),
      refusals: ['routing-invalid'],
      execute: ({ params }, context) => commands.plugVendorOut(params, context),
    }),

    command(dependencies, {
      ...ofOperator,
      method: 'delete',
      path: '/v1/routing/plugged-out/:vendor',
      operationId: 'plugVendorIn',
      summary: 'Plug a vendor’s account in',
      description: 'Gives deliveries to the account again.',
      example: { stream, revision: 2 },
      params: z.strictObject({ vendor }),
      refusals: [],
      execute: ({ params }, context) => commands.plugVendorIn(params, context),
    }),
  ];
}
