/** What the message with a one-time code says. */
import { CODE_LIFETIME_MS, type CodePurpose } from '../people/one-time-code.ts';
import { MINUTE_MS } from '../shared/instant.ts';
import type { Content } from './request-fields.ts';

/** It says nothing of the person: the address may be a stranger's. */
export function codeContent(purpose: CodePurpose, code: string): Content {
  const minutes = CODE_LIFETIME_MS / MINUTE_MS;
  switch (purpose) {
    case 'confirm-email':
    case 'confirm-phone':
      return {
        title: 'Confirm your address',
        body: `${code} confirms that this is your address. It is valid for ${minutes} minutes. If you didn’t ask for it, ignore this message.`,
      };
    case 'reset-password':
      return {
        title: 'Reset your password',
        body: `${code} resets your password. It is valid for ${minutes} minutes. If you didn’t ask for it, ignore this message: nobody can do anything without it.`,
      };
  }
}
