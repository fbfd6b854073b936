/** A person's second factors and recovery codes. Their secrets are in the vault and shown once, so these routes are no commands. */
import { z } from 'zod';
import { FACTOR_SETUP_LIFETIME_MS, RECOVERY_CODES, SECOND_FACTORS_MAX } from '../../domain/people/account-security.ts';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import { actorIdOf } from '../../edge/auth/callers.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { instantField, personId } from '../../edge/fields.ts';
import { noContent, respond, route, type Route } from '../../edge/http/routes.ts';
import type { WriteDependencies } from '../dependencies.ts';
import { createdCredential, factorId, factorKind, isOne, newFactor, recoveryCodes, totpCode, webAuthnOptions } from '../second-factor-fields.ts';
import type { WriteTag } from '../tags.ts';

const MINUTES = FACTOR_SETUP_LIFETIME_MS / MINUTE_MS;
const CONFIRM_NEXT = `Nothing changes until you confirm it, within ${MINUTES} minutes.`;

const listed = z.object({
  factor: factorId,
  kind: factorKind,
  name: z
    .string()
    .nullable()
    .meta({ description: 'Your name for it.', examples: ['My phone'] }),
  addedAt: instantField.nullable(),
});
const begun = { factor: factorId, expiresAt: instantField.meta({ description: 'Confirm it until then.', examples: [EXAMPLE.later] }) };
const confirmBody = z
  .strictObject({ code: totpCode.optional(), credential: createdCredential.optional() })
  .refine(({ code, credential }) => isOne(code, credential), 'must have either a code or a credential');
const WRITE_REFUSALS = ['person-unknown', 'person-erased', 'write-contention', 'log-unavailable'] as const;

export function secondFactorRoutes({ commands, limits }: WriteDependencies): readonly Route[] {
  const ofPerson = { callers: ['person'], tag: 'Second factors' satisfies WriteTag, limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  return [
    route({
      ...ofPerson,
      method: 'get',
      path: '/v1/me/second-factors',
      operationId: 'listSecondFactors',
      summary: 'List my second factors',
      description: 'Lists your second factors, the one added first first. With at least one, logging in asks for it after the password.',
      example: { response: { factors: [{ factor: EXAMPLE.factor, kind: 'totp', name: 'My phone', addedAt: EXAMPLE.at }], recoveryCodesLeft: RECOVERY_CODES } },
      responses: { 200: z.object({ factors: z.array(listed), recoveryCodesLeft: z.int() }) },
      refusals: ['log-unavailable'],
      handle: async ({ caller }) => respond(200, await commands.listSecondFactors(caller)),
    }),

    route({
      ...ofPerson,
      login: 'recent',
      method: 'post',
      path: '/v1/me/second-factors/totp',
      operationId: 'addTotp',
      summary: 'Add an authenticator app',
      description: `Makes a secret for an authenticator app (TOTP, RFC 6238), which is shown this once. ${CONFIRM_NEXT} You can have ${SECOND_FACTORS_MAX} second factors.`,
      example: {
        body: { name: 'My phone', accountName: 'ada' },
        response: {
          factor: EXAMPLE.factor,
          expiresAt: EXAMPLE.later,
          secret: EXAMPLE.totpSecret,
          uri: `otpauth://totp/Tidings:ada?secret=${EXAMPLE.totpSecret}`,
        },
      },
      body: newFactor,
      responses: {
        201: z.object({
          ...begun,
          secret: z.string().meta({ description: 'In base32, to be typed in.' }),
          uri: z.string().meta({ description: 'The same as a URI, to be shown as a QR code.' }),
        }),
      },
      responseDescriptions: { 201: 'The secret, which waits to be confirmed.' },
      refusals: ['second-factors-full', 'person-erased', 'log-unavailable'],
      handle: async ({ caller: { person }, body, at }) => {
        const asked = await commands.addTotp({ person, ...body }, at);
        if (asked.outcome === 'refused') return asked;
        const { outcome: _, ...setup } = asked;
        return respond(201, setup);
      },
    }),

    route({
      ...ofPerson,
      login: 'recent',
      method: 'post',
      path: '/v1/me/second-factors/webauthn',
      operationId: 'addWebAuthn',
      summary: 'Add a key',
      description: `Begins the registration of a security key, or of the lock of a device, by WebAuthn: pass \`options\` to \`navigator.credentials.create()\`. ${CONFIRM_NEXT} You can have ${SECOND_FACTORS_MAX} second factors.`,
      example: {
        body: { name: 'My key', accountName: 'ada' },
        response: { factor: EXAMPLE.factor, expiresAt: EXAMPLE.later, options: { challenge: EXAMPLE.challenge, rp: { id: 'localhost', name: 'Tidings' } } },
      },
      body: newFactor,
      responses: { 201: z.object({ ...begun, options: webAuthnOptions.meta({ description: '`PublicKeyCredentialCreationOptionsJSON` of WebAuthn.' }) }) },
      responseDescriptions: { 201: 'The options of the ceremony, which waits to be confirmed.' },
      refusals: ['second-factors-full', 'person-erased', 'log-unavailable'],
      handle: async ({ caller: { person }, body, at }) => {
        const asked = await commands.addWebAuthn({ person, ...body }, at);
        if (asked.outcome === 'refused') return asked;
        const { factor, expiresAt, options } = asked;
        return respond(201, { factor, expiresAt, options: { ...options } });
      },
    }),

    route({
      ...ofPerson,
      method: 'post',
      path: '/v1/me/second-factors/:factor/confirm',
      audit: { event: 'credentials-changed' },
      operationId: 'confirmSecondFactor',
      summary: 'Confirm a second factor',
      description: `Puts the second factor into use, with a code of the app or the credential that the key has made: logging in takes it from now on. With the first one you get ${RECOVERY_CODES} recovery codes.`,
      example: { body: { code: '492039' }, response: { recoveryCodes: [EXAMPLE.recoveryCode] } },
      params: z.strictObject({ factor: factorId }),
      body: confirmBody,
      responses: { 201: z.object({ recoveryCodes: recoveryCodes.nullable() }) },
      responseDescriptions: { 201: 'It is in use. `recoveryCodes` is null for any but the first one.' },
      refusals: ['second-factor-unknown', 'second-factor-wrong', 'second-factors-full', ...WRITE_REFUSALS],
      handle: async ({ caller: { person }, params: { factor }, body: { code, credential }, at }) => {
        const proof = credential === undefined ? { code: code ?? '' } : { credential };
        const added = await commands.confirmSecondFactor({ person, factor, proof }, at);
        return added.outcome === 'refused' ? added : respond(201, { recoveryCodes: added.recoveryCodes });
      },
    }),

    route({
      ...ofPerson,
      login: 'recent',
      method: 'delete',
      path: '/v1/me/second-factors/:factor',
      audit: { event: 'credentials-changed' },
      operationId: 'removeSecondFactor',
      summary: 'Remove a second factor',
      description: 'Removes it, and with the last one the recovery codes: then the password alone logs in.',
      params: z.strictObject({ factor: factorId }),
      responses: { 204: noContent },
      refusals: ['second-factor-unknown', ...WRITE_REFUSALS],
      handle: async ({ caller: { person }, params: { factor }, at }) => {
        const removed = await commands.removeSecondFactor({ person, factor }, at);
        return removed.outcome === 'refused' ? removed : respond(204);
      },
    }),

    route({
      ...ofPerson,
      login: 'recent',
      method: 'post',
      path: '/v1/me/recovery-codes',
      audit: { event: 'credentials-changed' },
      operationId: 'makeRecoveryCodes',
      summary: 'Make new recovery codes',
      description: `Makes ${RECOVERY_CODES} recovery codes in place of the earlier ones. You need a second factor.`,
      example: { response: { recoveryCodes: [EXAMPLE.recoveryCode] } },
      responses: { 201: z.object({ recoveryCodes }) },
      responseDescriptions: { 201: 'The earlier ones are good for nothing any more.' },
      refusals: ['second-factor-unknown', ...WRITE_REFUSALS],
      handle: async ({ caller: { person }, at }) => {
        const made = await commands.makeRecoveryCodes({ person }, at);
        return made.outcome === 'refused' ? made : respond(201, { recoveryCodes: made.recoveryCodes });
      },
    }),

    route({
      callers: ['operator'],
      tag: 'Second factors' satisfies WriteTag,
      limits: [{ limit: limits.appRequests, by: 'caller' }],
      method: 'delete',
      path: '/v1/people/:person/second-factors',
      operationId: 'removeSecondFactorsOf',
      summary: 'Remove a person’s second factors',
      description: 'For a person who has lost all of them and the recovery codes, once you are sure of the person. The person is told.',
      params: z.strictObject({ person: personId }),
      responses: { 204: noContent },
      refusals: [...WRITE_REFUSALS],
      handle: async ({ caller, params: { person }, at }) => {
        const removed = await commands.removeAllSecondFactors({ person, actor: actorIdOf(caller) }, at);
        return removed.outcome === 'refused' ? removed : respond(204);
      },
    }),
  ];
}
