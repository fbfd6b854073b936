import { CONTACT_KINDS } from '../../../domain/people/notification-channels.ts';
import type { ContactsDocument } from '../../../projections/read-models/contacts.ts';
import { readableAddress } from '../../readable-address.ts';

/** As their owner sees them: one that is to replace another stands behind it, until it is confirmed. */
export const contactsIn = (stored: ContactsDocument | undefined) =>
  CONTACT_KINDS.flatMap((kind) =>
    ([true, false] as const).flatMap((confirmed) => {
      const { [kind]: known } = (confirmed ? stored?.contacts : stored?.unconfirmed) ?? {};
      return known === undefined ? [] : [{ kind, address: readableAddress(kind, known.address), confirmed, blocked: known.blocked }];
    }),
  );
