/** What a person is told when something changes that protects the account: by whoever did it, so that its owner notices if it was somebody else. */
import type { AccountSecurityEvent, PasswordChangedBy } from '../people/events.ts';
import type { Content, SecurityNotice } from './request-fields.ts';

export function securityNoticeOf(event: AccountSecurityEvent): SecurityNotice {
  switch (event.type) {
    case 'people.password-changed.v1':
      return NOTICES[event.data.by];
    case 'people.second-factor-added.v1':
      return 'second-factor-added';
    case 'people.second-factor-removed.v1':
      return 'second-factor-removed';
    case 'people.recovery-codes-made.v1':
      return 'recovery-codes-made';
    case 'people.recovery-code-used.v1':
      return 'recovery-code-used';
  }
}

const NOTICES: Readonly<Record<PasswordChangedBy, SecurityNotice>> = {
  'old-password': 'password-changed',
  reset: 'password-reset',
  claim: 'account-claimed',
};

/** It names no person, place or device: it may be shown on a locked screen. */
export function securityContent(notice: SecurityNotice): Content {
  const { title, body } = TEXTS[notice];
  return { title, body: `${body} If it wasn’t you, ${REMEDIES[notice]}.` };
}

const TEXTS: Readonly<Record<SecurityNotice, { readonly title: string; readonly body: string }>> = {
  'password-changed': { title: 'Your password was changed', body: 'All other sessions of your account have ended.' },
  'password-reset': { title: 'Your password was reset', body: 'It was reset with a code that was sent to you, and all sessions of your account have ended.' },
  'account-claimed': { title: 'Your account has a password now', body: 'It was set with the link that was made for you.' },
  'second-factor-added': { title: 'A second factor was added', body: 'Logging in to your account takes it from now on.' },
  'second-factor-removed': { title: 'A second factor was removed', body: 'It can’t be used to log in to your account any more.' },
  'recovery-codes-made': { title: 'New recovery codes were made', body: 'Earlier recovery codes of your account are good for nothing any more.' },
  'recovery-code-used': { title: 'A recovery code was used', body: 'Somebody logged in to your account with a recovery code in place of a second factor.' },
};

const RESET = 'reset your password now';
const CHANGE = 'end all other sessions and change your password now';

const REMEDIES: Readonly<Record<SecurityNotice, string>> = {
  'password-changed': RESET,
  'password-reset': RESET,
  'account-claimed': RESET,
  'second-factor-added': CHANGE,
  'second-factor-removed': CHANGE,
  'recovery-codes-made': CHANGE,
  'recovery-code-used': CHANGE,
};
