/**
 * Plans a delivery to each destination that a recipient has by now and had not when the notification was planned. A delivery that was
 * held back is worth telling on the devices that the person has when it is told: those planned already are left as they are, for a
 * delivery's id follows from its destination.
 */
import type { Plan } from '../../../domain/notifications/delivery-plan.ts';
import type { LoadNotification } from './load-notification.ts';
import { planRecipients, type PlanOptions, type PlanRecipientsDependencies } from './plan-recipients.ts';

export type PlanAgain = (planned: Plan, options?: Pick<PlanOptions, 'digests'>) => Promise<void>;

export const planAgainWith =
  ({ loadNotification, planning }: { readonly loadNotification: LoadNotification; readonly planning: PlanRecipientsDependencies }): PlanAgain =>
  async ({ delivery, notification, recipient, failover: turn }, options = {}) => {
    const request = await loadNotification(notification);
    if (request === undefined || request.cancelled) return;
    const [fault] = await planRecipients(planning, request, [recipient], { ...options, besides: delivery, ...(turn !== undefined && { turn }) });
    if (fault !== undefined) throw fault.error;
  };
