/** A person's email address and telephone number. */
import { z } from 'zod';
import { EMAIL_ADDRESS_MAX_BYTES, parseEmailAddress } from '../../domain/people/email-address.ts';
import { CONTACT_KINDS, type ContactKind } from '../../domain/people/notification-channels.ts';
import { CODE_LIFETIME_MS, CODE_TRIES_MAX } from '../../domain/people/one-time-code.ts';
import { phoneNumberOf } from '../../ports/phone-numbers/phone-number.ts';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import { contactsStream } from '../../domain/shared/streams.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { personId, text } from '../../edge/fields.ts';
import { badRequest } from '../../edge/http/parse-request.ts';
import type { Route } from '../../edge/http/routes.ts';
import { refused } from '../../commands/handling/results.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';
import { oneTimeCode } from '../login-fields.ts';

type ContactBody = z.infer<typeof contactBody>;
type Address = { readonly address: string; readonly country?: string };

/** Undefined for what is no address. Each has one form: in another it would be another endpoint, and a STOP would not hold for it. */
function addressOf(kind: ContactKind, { address: text, country }: ContactBody): Address | undefined {
  switch (kind) {
    case 'email': {
      const address = parseEmailAddress(text);
      return address === undefined ? undefined : { address };
    }
    case 'phone': {
      const parsed = phoneNumberOf(text, country);
      return parsed && { address: parsed.number, ...(parsed.country !== undefined && { country: parsed.country }) };
    }
  }
}

/** The form of the address depends on the path, so the body's schema can't check it. */
const REFUSED_ADDRESS = {
  email: { outcome: 'refused', refusal: badRequest([{ at: '/body/address', message: 'must be an email address, such as ada@example.org' }]) },
  phone: refused('phone-number-invalid'),
} as const;

const COUNTRY_CHARACTERS = 2;

const params = z.strictObject({ kind: z.enum(CONTACT_KINDS).meta({ description: 'The kind of contact. A person has at most one of each.' }) });
const contactBody = z.strictObject({
  address: z
    .string()
    .max(EMAIL_ADDRESS_MAX_BYTES)
    .meta({
      description:
        'An email address, with a domain of any script, or a telephone number: in international writing, or as it is dialled in `country`. Letter case doesn’t matter.',
      examples: ['ada@example.org', '+4930123456', '030 123456'],
    }),
  country: text(COUNTRY_CHARACTERS)
    .optional()
    .meta({ description: 'Of a telephone number in national writing, its country (ISO 3166-1 alpha-2).', examples: ['DE'] }),
});
const stream = contactsStream(EXAMPLE.ada);

export function contactRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'Devices and contacts', limits: [{ limit: limits.commands, by: 'caller' }], params } as const;
  /** Undefined for what is no address: such a request is refused, and counts for nobody. */
  const addressIdIn = (kind: ContactKind, body: ContactBody): string | undefined => {
    const address = addressOf(kind, body)?.address;
    return address === undefined ? undefined : commands.addressIdOf(kind, address);
  };
  return [
    command(dependencies, {
      ...ofPerson,
      login: 'recent',
      method: 'put',
      path: '/v1/me/contacts/:kind',
      limits: [
        { limit: limits.contactCodes, by: 'caller' },
        { limit: limits.contactCodesOfAddress, by: ({ params: { kind }, body, requestId }) => addressIdIn(kind, body) ?? requestId },
      ],
      audit: { event: 'credentials-changed' },
      operationId: 'setContact',
      summary: 'Set a contact of mine',
      description:
        'Sets your email address or telephone number, and sends a code to it. Until you confirm it with the code, nothing else is sent to it, and an earlier one stays in use. Set it again to get another code.',
      example: { body: { address: 'ada@example.org' }, result: { id: EXAMPLE.endpoint }, stream },
      body: contactBody,
      refusals: ['person-unknown', 'phone-number-invalid'],
      resultFields: { id: z.string().meta({ description: 'The id of the endpoint: this address.' }) },
      execute: async ({ caller: { person }, params: { kind }, body }, context) => {
        const address = addressOf(kind, body);
        return address === undefined ? REFUSED_ADDRESS[kind] : commands.setContact({ person, kind, ...address }, context);
      },
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'post',
      path: '/v1/me/contacts/:kind/confirm',
      audit: { event: 'credentials-changed' },
      operationId: 'confirmContact',
      summary: 'Confirm a contact of mine',
      description: `Puts the address that you set last into use, with the code that was sent to it. A code is valid for ${CODE_LIFETIME_MS / MINUTE_MS} minutes and ${CODE_TRIES_MAX['confirm-email']} tries.`,
      example: { body: { code: '48291730' }, stream, revision: 1 },
      body: z.strictObject({ code: oneTimeCode }),
      // Without the code: the log must hold nothing derived from it.
      fingerprint: ({ params: { kind } }) => ({ kind }),
      refusals: ['code-invalid', 'endpoint-unknown', 'person-unknown'],
      execute: ({ caller: { person }, params: { kind }, body }, context) => commands.confirmContact({ person, kind, code: body.code }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      login: 'recent',
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

    command(dependencies, {
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
