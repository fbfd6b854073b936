/** Under what the deliveries of a notification are counted, beside its source and its category: the same for all of them, whenever they are planned and sent. */
import { dayOf, type Day, type Instant } from '../shared/instant.ts';
import type { RequestedTemplate } from './request-fields.ts';
import type { Plan } from './delivery-plan.ts';
import type { SendTime } from './planning/send-time.ts';

type Requested = SendTime & { readonly template?: RequestedTemplate; readonly at: Instant };

export const countedUnder = ({ template, ...times }: Requested): Required<Pick<Plan, 'day'>> & Pick<Plan, 'template'> => ({
  ...(template !== undefined && { template: template.template }),
  day: countedDayOf(times),
});

/** The day for which it was requested, on each recipient's clock where it is sent by that, so that what becomes of one request stays together. */
export const countedDayOf = ({ sendAt, sendAtLocal, at }: Omit<Requested, 'template'>): Day =>
  sendAtLocal === undefined ? dayOf(sendAt ?? at) : dayOf(sendAtLocal.time);
