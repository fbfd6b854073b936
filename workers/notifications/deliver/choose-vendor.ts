import type { LoadState } from '../../../commands/handling/handle.ts';
import type { PlannedDelivery } from '../../../domain/notifications/delivery/delivery-state.ts';
import { currentDestination } from '../../../domain/notifications/planning/destinations.ts';
import { contacts } from '../../../domain/people/contacts.ts';
import { countryOfUser, user } from '../../../domain/people/user.ts';
import { contactsStream, userStream } from '../../../domain/shared/streams.ts';
import type { Routing } from '../vendors/routing.ts';

/** The vendor that a delivery goes to now, by the device or number that it goes to now and the recipient’s market. undefined: there is none. */
export type ChooseVendor = (delivery: Pick<PlannedDelivery, 'plan' | 'rejectedBy'>) => Promise<string | undefined>;

export const chooseVendorWith =
  ({ loadState, routing }: { readonly loadState: LoadState; readonly routing: Pick<Routing, 'now'> }): ChooseVendor =>
  async ({ plan, rejectedBy }) => {
    const [now, contactsNow, userNow] = await Promise.all([
      routing.now(),
      loadState(contacts, contactsStream(plan.recipient)),
      loadState(user, userStream(plan.recipient)),
    ]);
    const { platform, country = countryOfUser(userNow.state) } = currentDestination(contactsNow.state, plan) ?? {};
    return now.vendorFor({ delivery: plan.delivery, channel: plan.channel, platform, country, without: rejectedBy, sandbox: plan.sandbox });
  };
