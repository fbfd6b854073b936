import type { LoadState } from '../../../commands/handling/handle.ts';
import type { PlannedDelivery } from '../../../domain/notifications/delivery/delivery-state.ts';
import { currentDestination } from '../../../domain/notifications/planning/destinations.ts';
import { contacts } from '../../../domain/people/contacts.ts';
import { contactsStream } from '../../../domain/shared/streams.ts';
import type { Routing } from '../vendors/routing.ts';

/** The vendor that a delivery goes to now, by the platform of the device that it goes to now. undefined: there is none. */
export type ChooseVendor = (delivery: PlannedDelivery) => Promise<string | undefined>;

export const chooseVendorWith =
  ({ loadState, routing }: { readonly loadState: LoadState; readonly routing: Routing }): ChooseVendor =>
  async ({ plan, rejectedBy }) => {
    const { state } = await loadState(contacts, contactsStream(plan.recipient));
    return routing.vendorFor({ channel: plan.channel, platform: currentDestination(state, plan)?.platform, without: rejectedBy });
  };
