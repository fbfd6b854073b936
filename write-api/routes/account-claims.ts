/** Claiming an account that was imported: its person chooses the password. */
import { z } from 'zod';
import { CLAIM_LIFETIME_MS } from '../../commands/accounts/account-claims.ts';
import { DAY_MS } from '../../domain/shared/instant.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { noContent, respond, route, type Route } from '../../edge/http/routes.ts';
import { refusalOfNewPassword } from '../accounts/new-password.ts';
import type { WriteDependencies } from '../dependencies.ts';
import { newPassword } from '../login-fields.ts';
import type { WriteTag } from '../tags.ts';

const CLAIM_CHARACTERS_MAX = 500;

export function accountClaimRoutes({ commands, limits }: WriteDependencies): readonly Route[] {
  return [
    route({
      callers: ['public'],
      tag: 'Sessions' satisfies WriteTag,
      method: 'post',
      path: '/v1/account-claims',
      audit: { event: 'credentials-changed' },
      operationId: 'claimAccount',
      summary: 'Claim an imported account',
      description: `Sets the password of an account that was imported without one, with the claim from the link that its person was given. A claim is valid for ${CLAIM_LIFETIME_MS / DAY_MS} days, and until the account has a password. It opens no session: log in with the new password.`,
      example: { body: { claim: EXAMPLE.secret, newPassword: 'a stable full of staples' } },
      limits: [{ limit: limits.accountClaims, by: 'address' }],
      body: z.strictObject({
        claim: z
          .string()
          .max(CLAIM_CHARACTERS_MAX)
          .meta({ description: 'What stands in the link.', examples: [EXAMPLE.secret] }),
        newPassword,
      }),
      responses: { 204: noContent },
      refusals: [
        'account-claim-invalid',
        'password-too-common',
        'password-has-login-name',
        'person-erased',
        'queue-full',
        'write-contention',
        'log-unavailable',
      ],
      handle: async ({ body, address, at }) => {
        const login = await commands.loginOfClaim({ claim: body.claim });
        if (login === undefined) return { refusal: { code: 'account-claim-invalid' } };
        const refusal = refusalOfNewPassword({ password: body.newPassword, login }, commands.loginOf);
        if (refusal !== undefined) return { refusal };
        const claimed = await commands.claimAccount(body, at, { lane: 'anybody', address });
        return claimed.outcome === 'refused' ? claimed : respond(204);
      },
    }),
  ];
}
