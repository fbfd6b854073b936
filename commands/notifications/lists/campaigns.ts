/** How far the planning of a notification to a list has come, and whether it goes on. */
import { campaign, type CampaignCommand } from '../../../domain/notifications/lists/campaign.ts';
import { notification } from '../../../domain/notifications/notification.ts';
import type { AppId, NotificationId } from '../../../domain/shared/ids.ts';
import { campaignStream, notificationStream } from '../../../domain/shared/streams.ts';
import type { CommandContext } from '../../handling/command-context.ts';
import type { CommandHandling } from '../../handling/handle.ts';
import { refused, type CommandResult } from '../../handling/results.ts';

export const commandCampaign =
  ({ handle }: CommandHandling) =>
  (command: CampaignCommand, context: CommandContext): Promise<CommandResult> =>
    handle(campaign, campaignStream(command.notification), command, context);

/** `app`: the one that asks; absent: an operator does. */
export type SteerCampaign = { readonly notification: NotificationId; readonly app?: AppId; readonly to: 'pause' | 'resume' };

/** Another app's notification is answered as one that isn't there. */
export const steerCampaign =
  ({ handle, loadState }: CommandHandling) =>
  async ({ notification: id, app, to }: SteerCampaign, context: CommandContext): Promise<CommandResult> => {
    const asked = await loadState(notification, notificationStream(id));
    const { state } = asked;
    if (!('source' in state) || state.source.kind !== 'app' || (app !== undefined && state.source.app !== app)) return refused('notification-unknown');
    if (state.list === undefined) return refused('not-a-campaign');
    if (state.status === 'cancelled') return refused('notification-cancelled');
    return handle(campaign, campaignStream(id), { type: to, notification: id, at: context.at }, context, { readRevisions: [asked] });
  };
