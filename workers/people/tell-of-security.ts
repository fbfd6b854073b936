/** Tells people of every change of what protects their accounts, on every way they can be reached: it may have been somebody else. */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import { ACCOUNT_SECURITY_CATEGORY } from '../../domain/notifications/categories/our-categories.ts';
import { securityNoticeOf } from '../../domain/notifications/security-notice.ts';
import type { AccountSecurityEvent } from '../../domain/people/events.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { TidingsEventProcess } from '../../projections/read-models/projectors.ts';
import { contextForEvent } from '../jobs/command-contexts.ts';

type Dependencies = { readonly commands: Pick<Commands, 'requestNotification'>; readonly contextFor: ContextFor; readonly clock: () => Instant };

export const tellOfSecurity = ({ commands, contextFor, clock }: Dependencies): TidingsEventProcess<AccountSecurityEvent> => ({
  kind: 'process',
  name: 'tell-of-security',
  version: 1,
  handles: [
    'people.password-changed.v1',
    'people.second-factor-added.v1',
    'people.second-factor-removed.v1',
    'people.recovery-codes-made.v1',
    'people.recovery-code-used.v1',
  ],
  after: [],
  react: async (event) => {
    const notice = securityNoticeOf(event);
    await commands.requestNotification(
      { source: { kind: 'security', notice }, recipients: [event.key as PersonId], category: ACCOUNT_SECURITY_CATEGORY, critical: true, priority: 'high' },
      contextForEvent(event, { contextFor, worker: 'tell-of-security', type: 'request-notification', body: { notice }, at: clock() }),
    );
  },
});
