/** The part of the control protocol that is about apps' lists and the notifications that go to one. */
import { z } from 'zod';
import type { ListId, NotificationId } from '../../../domain/shared/ids.ts';
import { appId, listId, notificationId, personId } from '../../../edge/fields.ts';
import type { CampaignDocument, ListDocument } from '../../../projections/read-models/notifications/lists.ts';

const LISTED_MAX = 1_000;
/** Of one request: so many ids are most of what one may have. */
export const MEMBERS_IN_OPERATION_MAX = 1_500;

const limit = z.number().int().positive().max(LISTED_MAX);
const members = z.array(personId).max(MEMBERS_IN_OPERATION_MAX);

export const listRequests = {
  'list-lists': z.strictObject({ app: appId.optional(), limit }),
  'change-list': z.union([z.strictObject({ list: listId, add: members }), z.strictObject({ list: listId, remove: members })]),
  /** The last requested first. */
  'list-campaigns': z.strictObject({ limit }),
  'steer-campaign': z.strictObject({ notification: notificationId, to: z.enum(['pause', 'resume', 'cancel']) }),
} as const;

export type ListLine = Omit<ListDocument, 'revision'> & { readonly members: number };
export type CampaignLine = Omit<CampaignDocument, 'ranges'>;

export type ListLines = {
  readonly 'list-lists': ListLine;
  readonly 'change-list': { readonly list: ListId; readonly changed: number };
  readonly 'list-campaigns': CampaignLine;
  readonly 'steer-campaign': { readonly notification: NotificationId; readonly outcome: 'appended' | 'unchanged' };
};
