import { domainToUnicode } from 'node:url';
import type { ContactKind } from '../domain/people/notification-channels.ts';

/** An address as its owner writes it. An email address is stored with its domain in ASCII; a domain that can't be shown otherwise stays so. */
export function readableAddress(kind: ContactKind, address: string): string {
  switch (kind) {
    case 'email': {
      const at = address.lastIndexOf('@') + 1;
      return address.slice(0, at) + (domainToUnicode(address.slice(at)) || address.slice(at));
    }
    case 'phone':
      return address;
  }
}
