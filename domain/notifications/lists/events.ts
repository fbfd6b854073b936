/** The events of apps' lists (`list-`), and of the notifications that go to one (`campaign-`). A list's members are ids alone. */
import type { SealingOf } from '../../shared/event.ts';
import type { AppId, ListId, NotificationId, PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';

type OfList<Data = object> = { readonly list: ListId; readonly app: AppId; readonly at: Instant } & Data;

/** `list-<id>`. A million members are two thousand of these events: none has more than `MEMBERS_IN_EVENT_MAX`. */
export type ListEvent =
  | { readonly type: 'notifications.list-created.v1'; readonly data: OfList<{ readonly name: string }> }
  /** They may be members already. */
  | { readonly type: 'notifications.list-members-added.v1'; readonly data: OfList<{ readonly members: readonly PersonId[] }> }
  /** They may be no members. */
  | { readonly type: 'notifications.list-members-removed.v1'; readonly data: OfList<{ readonly members: readonly PersonId[] }> }
  | { readonly type: 'notifications.list-removed.v1'; readonly data: OfList };

/**
 * The list that a request names in place of recipients, and the revision of its stream that was known then: whoever is a member when their
 * range is planned is a recipient.
 */
export type RequestedList = { readonly list: ListId; readonly revision: number; readonly ratePerMinute?: number };

/** Why a campaign plans no more: everybody is planned, its notification has expired, its list was removed, or its app disabled. */
export const CAMPAIGN_ENDS = ['planned', 'expired', 'list-removed', 'app-disabled'] as const;
export type CampaignEnd = (typeof CAMPAIGN_ENDS)[number];

type OfCampaign<Data = object> = { readonly notification: NotificationId; readonly at: Instant } & Data;

/** `campaign-<notification>`: how far the planning of a notification to a list has come. That it was cancelled is in the notification's own stream. */
export type CampaignEvent =
  /** `total`: the members that the list had then. */
  | { readonly type: 'notifications.campaign-started.v1'; readonly data: OfCampaign<{ readonly list: ListId; readonly total: number }> }
  | {
      readonly type: 'notifications.campaign-range-planned.v1';
      readonly data: OfCampaign<{
        /** From 0. */
        readonly range: number;
        readonly recipients: number;
        /** The last member of the range: the next one begins after it, in the order of their ids. */
        readonly until: PersonId;
        /** The next range is not planned before. */
        readonly dueAt: Instant;
      }>;
    }
  | { readonly type: 'notifications.campaign-paused.v1'; readonly data: OfCampaign }
  | { readonly type: 'notifications.campaign-resumed.v1'; readonly data: OfCampaign }
  | { readonly type: 'notifications.campaign-finished.v1'; readonly data: OfCampaign<{ readonly because: CampaignEnd }> };

export const listSealing: SealingOf<ListEvent | CampaignEvent> = {
  'notifications.list-created.v1': {},
  'notifications.list-members-added.v1': {},
  'notifications.list-members-removed.v1': {},
  'notifications.list-removed.v1': {},
  'notifications.campaign-started.v1': {},
  'notifications.campaign-range-planned.v1': {},
  'notifications.campaign-paused.v1': {},
  'notifications.campaign-resumed.v1': {},
  'notifications.campaign-finished.v1': {},
};
