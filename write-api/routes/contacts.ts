/** A person's email address and telephone number. */
import { z } from 'zod';
import { EMAIL_ADDRESS_MAX_BYTES, parseEmailAddress } from '../../domain/people/email-address.ts';
import { CONTACT_KINDS } from '../../domain/people/notification-channels.ts';
import { contactsStream } from '../../domain/shared/streams.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { personId } from '../../edge/fields.ts';
import { badRequest } from '../../edge/http/parse-request.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

const ADDRESSES = {
  email: z.string().transform((text, check) => {
    const address = parseEmailAddress(text);
    if (address === undefined) check.addIssue('must be an email address, such as ada@example.org');
    return address ?? z.NEVER;
  }),
  /** One form of each number: with separators, or a 0 in brackets, it would be another endpoint, and a STOP would not hold for it. */
  phone: z.string().regex(/^\+[1-9][0-9]{6,14}$/, 'must be a telephone number in the form of E.164: +, the country, and digits only, such as +4930123456'),
};

const params = z.strictObject({ kind: z.enum(CONTACT_KINDS).meta({ description: 'The kind of contact. A person has at most one of each.' }) });
const contactBody = z.strictObject({
  address: z
    .string()
    .max(EMAIL_ADDRESS_MAX_BYTES)
    .meta({
      description: 'An email address, with a domain of any script, or a telephone number in the form of E.164. Letter case doesn’t matter.',
      examples: ['ada@example.org', '+4930123456'],
    }),
});
const stream = contactsStream(EXAMPLE.ada);

export function contactRoutes({ commands, contextFor, limits }: WriteDependencies): readonly Route[] {
  const ofPerson = { callers: ['person'], tag: 'Devices and contacts', limits: [{ limit: limits.commands, by: 'caller' }], params } as const;
  return [
    command(contextFor, {
      ...ofPerson,
      method: 'put',
      path: '/v1/me/contacts/:kind',
      audit: { event: 'credentials-changed' },
      operationId: 'setContact',
      summary: 'Set a contact of mine',
      description: 'Sets your email address or telephone number, in place of an earlier one.',
      example: { body: { address: 'ada@example.org' }, result: { id: EXAMPLE.endpoint }, stream },
      body: contactBody,
      refusals: ['person-unknown'],
      resultFields: { id: z.string().meta({ description: 'The id of the endpoint: this address.' }) },
      execute: async ({ caller: { person }, params: { kind }, body }, context) => {
        const address = ADDRESSES[kind].safeParse(body.address);
        if (!address.success) return refusedAddress(address.error);
        return commands.setContact({ person, kind, address: address.data }, context);
      },
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/me/contacts/:kind',
      audit: { event: 'credentials-changed' },
      operationId: 'removeContact',
      summary: 'Remove a contact of mine',
      description: 'Removes your email address or telephone number. Nothing is sent to it any more.',
      example: { stream, revision: 1 },
      refusals: [],
      execute: ({ caller: { person }, params: { kind } }, context) => commands.removeContact({ person, kind }, context),
    }),

    command(contextFor, {
      callers: ['operator'],
      tag: 'Devices and contacts',
      limits: [{ limit: limits.appRequests, by: 'caller' }],
      method: 'delete',
      path: '/v1/people/:person/contacts/:kind/block',
      operationId: 'unblockContact',
      summary: 'Unblock a person’s contact',
      description:
        'Sends to the address again, after it was blocked because it bounced for good or its owner complained or sent STOP. Notifications that were suppressed in the meantime are not sent.',
      example: { stream, revision: 2 },
      params: params.extend({ person: personId }),
      refusals: ['person-unknown', 'endpoint-unknown'],
      execute: ({ params: { person, kind } }, context) => commands.unblockContact({ person, kind }, context),
    }),
  ];
}

/** The form of the address depends on the path, so the body's schema can't check it. */
const refusedAddress = ({ issues }: z.ZodError) =>
  ({ outcome: 'refused', refusal: badRequest(issues.map(({ message }) => ({ at: '/body/address', message }))) }) as const;
