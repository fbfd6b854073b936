/** Tells people what moderators have decided about what is theirs, by email and in the notification centre. */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import { MODERATION_CATEGORY } from '../../domain/notifications/categories/our-categories.ts';
import { toldDecisionOf, type ModerationDecided } from '../../domain/notifications/moderation-notice.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { TidingsEventProcess } from '../../projections/read-models/projectors.ts';
import { contextForEvent } from '../jobs/command-contexts.ts';

type Dependencies = { readonly commands: Pick<Commands, 'requestNotification'>; readonly contextFor: ContextFor; readonly clock: () => Instant };

export const tellOfModeration = ({ commands, contextFor, clock }: Dependencies): TidingsEventProcess<ModerationDecided> => ({
  kind: 'process',
  name: 'tell-of-moderation',
  version: 1,
  handles: [
    'people.profile-changed.v1',
    'feed.post-hidden.v1',
    'feed.post-restored.v1',
    'moderation.person-suspended.v1',
    'moderation.suspension-lifted.v1',
    'moderation.case-closed.v1',
  ],
  after: [],
  react: async (event) => {
    const told = toldDecisionOf(event);
    if (told === undefined) return;
    const { person, source } = told;
    await commands.requestNotification(
      { source, recipients: [person], category: MODERATION_CATEGORY, critical: false, priority: 'normal' },
      contextForEvent(event, { contextFor, worker: 'tell-of-moderation', type: 'request-notification', body: { notice: source.notice }, at: clock() }),
    );
  },
});
