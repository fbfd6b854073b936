/** Opens the work of planning a notification that goes to a list, and again where it was paused and is resumed. */
import type { NotificationEvent } from '../../../domain/notifications/events.ts';
import type { CampaignEvent } from '../../../domain/notifications/lists/events.ts';
import { firstSendOf } from '../../../domain/notifications/planning/send-time.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
import type { TidingsReactor } from '../../../projections/read-models/projectors.ts';
import { campaignsSchema, type CampaignJobs, type OpenCampaign } from './campaign-jobs.ts';

type Opening = Extract<NotificationEvent, { type: 'notifications.requested.v1' }> | Extract<CampaignEvent, { type: 'notifications.campaign-resumed.v1' }>;

type Dependencies = { readonly campaignJobs: CampaignJobs; readonly clock: () => Instant };

export const planCampaigns = ({ campaignJobs, clock }: Dependencies): TidingsReactor<Opening> => ({
  kind: 'reactor',
  name: 'plan-campaigns',
  version: 1,
  handles: ['notifications.requested.v1', 'notifications.campaign-resumed.v1'],
  after: ['lists'],
  indexes: campaignsSchema,
  openWork: (event, { campaigns }) => {
    const open = openedBy(event);
    if (open !== undefined) campaigns?.update(open.notification, event, () => open);
  },
  react: async (event) => {
    const open = openedBy(event);
    if (open !== undefined) await campaignJobs.addNext(open, clock());
  },
});

/** Who gets it is looked up when its time has come. */
function openedBy({ id, ...event }: Recorded<Opening>): OpenCampaign | undefined {
  switch (event.type) {
    case 'notifications.requested.v1': {
      const { notification, list, at } = event.data;
      return list === undefined ? undefined : { notification, openedBy: id, range: 0, dueAt: firstSendOf(event.data) ?? at };
    }
    case 'notifications.campaign-resumed.v1':
      return { notification: event.data.notification, openedBy: id, range: 0, dueAt: event.data.at };
  }
}
