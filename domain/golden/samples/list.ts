import type { CampaignEvent, ListEvent } from '../../notifications/lists/events.ts';
import type { AppId, ListId, NotificationId, PersonId } from '../../shared/ids.ts';
import { at, later, type Samples } from '../samples.ts';

const list = 'b1946ac9-2f6d-5f0e-8a51-3d1c52d6a0c4' as ListId;
const app = 'shop-7Qm3' as AppId;
const notification = 'n-fcde2b2edba5' as NotificationId;
const [one, other] = ['0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001', '2b7d5a3c-1e9f-5c8d-8b64-7f0e3a9d6c12'] as unknown as readonly [PersonId, PersonId];

export const listSamples: Samples<ListEvent> = {
  'notifications.list-created.v1': { list, app, name: 'Subscribers', at },
  'notifications.list-members-added.v1': { list, app, members: [one, other], at },
  'notifications.list-members-removed.v1': { list, app, members: [other], at: later },
  'notifications.list-removed.v1': { list, app, at: later },
};

export const campaignSamples: Samples<CampaignEvent> = {
  'notifications.campaign-started.v1': { notification, list, total: 2, at },
  'notifications.campaign-range-planned.v1': { notification, range: 0, recipients: 1, until: one, dueAt: later, at },
  'notifications.campaign-paused.v1': { notification, at: later },
  'notifications.campaign-resumed.v1': { notification, at: later },
  'notifications.campaign-finished.v1': { notification, because: 'planned', at: later },
};
