/** The addresses that one can be written to at. */
import { z } from 'zod';
import { personId } from '../../edge/fields.ts';
import { badRequest } from '../../edge/http/parse-request.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

/** RFC 5321, 4.5.3.1.3, without the brackets. */
const EMAIL_CHARACTERS_MAX = 254;

const ADDRESSES = {
  email: z.email('must be an email address').max(EMAIL_CHARACTERS_MAX),
  phone: z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a telephone number in the form of E.164, such as +4930123456'),
};

const params = z.strictObject({ kind: z.enum(['email', 'phone']) });
const contactBody = z.strictObject({
  address: z.string().max(EMAIL_CHARACTERS_MAX).meta({ description: 'An email address, or a telephone number in the form of E.164.' }),
});

export function contactRoutes({ commands, contextFor, limits }: WriteDependencies): readonly Route[] {
  const ofPerson = { callers: ['person'], limits: [{ limit: limits.commands, by: 'caller' }], params } as const;
  return [
    command(contextFor, {
      ...ofPerson,
      method: 'put',
      path: '/v1/me/contacts/:kind',
      operationId: 'setContact',
      summary: 'Set one’s email address or telephone number.',
      body: contactBody,
      refusals: ['person-unknown'],
      more: { id: z.string().meta({ description: 'The id of the endpoint: this address.' }) },
      act: async ({ caller: { person }, params: { kind }, body }, context) => {
        const address = ADDRESSES[kind].safeParse(body.address);
        if (!address.success) return refusedAddress(address.error);
        return commands.setContact({ person, kind, address: address.data }, context);
      },
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/me/contacts/:kind',
      operationId: 'removeContact',
      summary: 'Remove one’s email address or telephone number.',
      refusals: [],
      act: ({ caller: { person }, params: { kind } }, context) => commands.removeContact({ person, kind }, context),
    }),

    command(contextFor, {
      callers: ['operator'],
      limits: [{ limit: limits.appRequests, by: 'caller' }],
      method: 'delete',
      path: '/v1/people/:person/contacts/:kind/block',
      operationId: 'unblockContact',
      summary: 'Write to a person again at an address that said STOP, complained, or bounced for good. What was suppressed meanwhile is not sent.',
      params: params.extend({ person: personId }),
      refusals: ['person-unknown', 'endpoint-unknown'],
      act: ({ params: { person, kind } }, context) => commands.unblockContact({ person, kind }, context),
    }),
  ];
}

/** Which form an address has depends on the path, so that it is looked at only here. */
const refusedAddress = ({ issues }: z.ZodError) =>
  ({ outcome: 'refused', refusal: badRequest(issues.map(({ message }) => ({ at: '/body/address', message }))) }) as const;
