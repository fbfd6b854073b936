/**
 * The accepted deliveries of a person from an app, as frequency caps count them: one text for each, so that an index holds it and nobody
 * reads the deliveries. The texts sort by person, app and time, and no two are the same.
 */
import type { Plan } from '../../../domain/notifications/delivery-plan.ts';
import type { AppId, DeliveryId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';

export type AcceptedDelivery = { readonly delivery: DeliveryId; readonly category: string; readonly acceptedAt: Instant };

/** null: no cap counts it, for one of our own products sent it, or it had to be read. */
export function acceptedTextOf({ delivery, recipient, source, category, critical }: Plan, acceptedAt: Instant): string | null {
  if (source.kind !== 'app' || critical) return null;
  return `${prefixOf(recipient, source.app)}${acceptedAt} ${JSON.stringify({ delivery, category })}`;
}

export function acceptedIn(text: string): AcceptedDelivery {
  const [, , acceptedAt = ''] = text.split(' ', 3);
  const facts = JSON.parse(text.slice(text.indexOf('{'))) as Omit<AcceptedDelivery, 'acceptedAt'>;
  return { ...facts, acceptedAt: acceptedAt as Instant };
}

/** Those that were accepted later than `since`. */
export function acceptedSince(person: PersonId, app: AppId, since: Instant) {
  const prefix = prefixOf(person, app);
  return { field: 'accepted', after: `${prefix}${since}~`, before: `${prefix}~` } as const;
}

/** Ids have no space in them. */
const prefixOf = (person: PersonId, app: AppId): string => `${person} ${app} `;
