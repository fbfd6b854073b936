/** A delivery to the notification centre: it is delivered as soon as it stands there, and its person marks it. */
import { accept, refuse, type Decision } from '../../shared/decider.ts';
import type { Instant } from '../../shared/instant.ts';
import { isMarked } from '../centre/item.ts';
import type { DeliveryEvent } from '../events.ts';
import type { Plan } from '../delivery-plan.ts';
import type { DeliveryCommandOf } from './delivery-commands.ts';
import type { PlannedDelivery } from './delivery-state.ts';

/** Where planning left it undecided. */
export function show(state: PlannedDelivery, { at }: DeliveryCommandOf<'show'>): Decision<DeliveryEvent> {
  const { plan, status } = state;
  if (status === 'delivered') return accept();
  if (status !== 'planned' || plan.channel !== 'in-app') return refuse('delivery-status-conflict', { status });
  return accept(at >= plan.expiresAt ? { type: 'notifications.delivery-expired.v1', data: { delivery: plan.delivery, at } } : shownEvent(plan, at));
}

export const shownEvent = (plan: Plan, at: Instant): DeliveryEvent => ({ type: 'notifications.delivered-in-app.v1', data: { ...plan, at } });

/** What is read for the first time was opened: the app learns of it as it does on the other channels. */
export function markItem(state: PlannedDelivery, { mark, readBefore, at }: DeliveryCommandOf<'mark'>): Decision<DeliveryEvent> {
  const { plan, status, item, engagements } = state;
  if (plan.channel !== 'in-app' || status !== 'delivered') return refuse('delivery-status-conflict', { status });
  const marking = { mark, ...(readBefore !== undefined && { readBefore }) };
  if (isMarked(marking, item)) return accept();
  const { delivery, notification, recipient } = plan;
  const marked: DeliveryEvent = { type: 'notifications.item-marked.v1', data: { delivery, notification, recipient, ...marking, at } };
  if (mark !== 'read' || engagements.includes('opened')) return accept(marked);
  const opened: DeliveryEvent = { type: 'notifications.engagement-seen.v1', data: { delivery, what: 'opened', at } };
  return accept<DeliveryEvent>(marked, opened);
}
