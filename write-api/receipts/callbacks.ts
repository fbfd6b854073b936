/** What vendors call back about: each request is the vendor's by its signature, and answered once what it tells is in the log. */
import { z } from 'zod';
import type { Refusal } from '../../domain/shared/decider.ts';
import { text } from '../../edge/fields.ts';
import { noContent, respond, route, type ReceivedRequest, type Route } from '../../edge/http/routes.ts';
import { clientKeyOf } from '../../edge/network/addresses.ts';
import type { WriteDependencies } from '../dependencies.ts';

/** Vendors gather events: a thousand with all that they know of each. */
const CALLBACK_BODY_BYTES_MAX = 4 * 1_024 * 1_024;
const NAME_CHARACTERS_MAX = 64;

const params = z.strictObject({
  vendor: text(NAME_CHARACTERS_MAX).meta({ description: 'The vendor.', examples: ['twilio'] }),
  account: text(NAME_CHARACTERS_MAX).meta({ description: 'The name of the account there.', examples: ['twilio'] }),
});

export function callbackRoutes({ commands, contextFor, clock, vendorCallbacks = NO_ACCOUNTS, report, limits }: WriteDependencies): readonly Route[] {
  const { publicUrl = '', accounts } = vendorCallbacks;
  const verifiers = new Map(accounts.map(({ kind, verifier }) => [`${kind}/${verifier.vendor}`, verifier]));
  /** Of each address apart, for whose it is isn’t known yet: a stranger’s requests keep none of the vendor’s away. */
  const byAccountAndAddress = ({ params: { vendor, account }, address }: { readonly params: z.output<typeof params>; readonly address: string }) =>
    `${verifiers.has(`${vendor}/${account}`) ? `${vendor}/${account}` : 'unknown'} ${clientKeyOf(address)}`;
  return [
    route({
      method: 'get',
      path: '/v1/callbacks/:vendor/:account',
      operationId: 'findCallbackAddress',
      summary: 'See that a vendor may call back here',
      description: 'For vendors that ask for an address, mostly with HEAD, before they take it. It tells and changes nothing.',
      tag: 'Callbacks',
      callers: ['public'],
      limits: [{ limit: limits.callbacks, by: byAccountAndAddress }],
      params,
      query: z.looseObject({}),
      responses: { 204: noContent },
      refusals: ['callback-invalid'],
      handle: async ({ params: { vendor, account } }) => (verifiers.has(`${vendor}/${account}`) ? respond(204) : { refusal: INVALID }),
    }),
    route({
      method: 'post',
      path: '/v1/callbacks/:vendor/:account',
      operationId: 'recordCallback',
      summary: 'Record what a vendor tells of a message',
      description:
        'For vendors alone, each of whom signs its requests. What is told twice or late changes nothing; what is of no message of ours, or of a kind that we don’t know, is answered like all else.',
      tag: 'Callbacks',
      callers: ['public'],
      limits: [{ limit: limits.callbacks, by: byAccountAndAddress }],
      params,
      query: z.looseObject({}),
      takes: 'bytes',
      bodyBytesMax: CALLBACK_BODY_BYTES_MAX,
      responses: { 204: noContent },
      refusals: ['callback-invalid', 'log-unavailable', 'store-unavailable'],
      handle: async ({ params: { vendor, account }, received, requestId }) => {
        const verifier = verifiers.get(`${vendor}/${account}`);
        if (verifier === undefined || received === undefined) return { refusal: INVALID };
        const callbacks = verifier.verify(requestOf(received, publicUrl));
        if ('refused' in callbacks) {
          report({ type: 'callback-refused', vendor: account, reason: callbacks.refused });
          return { refusal: INVALID };
        }
        const counts = await commands.recordCallbacks({ vendor: account, callbacks, contextFor, at: clock(), correlationId: requestId });
        report({ type: 'callbacks-recorded', vendor: account, counts });
        return respond(204);
      },
    }),
  ];
}

/** Where the routes are declared alone, for their documentation. */
const NO_ACCOUNTS: NonNullable<WriteDependencies['vendorCallbacks']> = { publicUrl: undefined, accounts: [] };

const INVALID: Refusal = { code: 'callback-invalid' };

const requestOf = ({ method, target, headers, bytes }: ReceivedRequest, publicUrl: string) => ({
  url: publicUrl + target,
  method,
  headers,
  rawBody: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
});
