/** IP addresses as text: one spelling each, and the part of one that its owner can't change at will. */
import { isIP, SocketAddress } from 'node:net';

const GROUPS = 8;
/** Somebody who has an IPv6 address has at least its /64, and may use any address in it. */
const OWN_GROUPS = 4;
/** What a provider hands to one site at most. */
const SITE_GROUPS = 3;

/** The one spelling of an address: IPv4 also where it came mapped into IPv6, IPv6 compressed and without a zone. Undefined for any other text. */
export function canonicalAddress(text: string): string | undefined {
  switch (isIP(text)) {
    case 4:
      return text;
    case 6: {
      const { address } = new SocketAddress({ address: text, family: 'ipv6' });
      const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
      return mapped ?? address;
    }
    default:
      return undefined;
  }
}

/** What a limit counts a client by: an IPv4 address, or the /64 of an IPv6 address. Any other text is its own. */
export function clientKeyOf(address: string): string {
  return isIP(address) === 6 ? prefixOf(address, OWN_GROUPS) : address;
}

/** The network of an address, which many clients share: /24 of IPv4, /48 of IPv6. Any other text is its own. */
export function networkOf(address: string): string {
  switch (isIP(address)) {
    case 4:
      return `${address.slice(0, address.lastIndexOf('.'))}.0/24`;
    case 6:
      return prefixOf(address, SITE_GROUPS);
    default:
      return address;
  }
}

function prefixOf(address: string, groups: number): string {
  const [head = '', tail] = address.replace(/\d+\.\d+\.\d+\.\d+$/, '0:0').split('::'); // a dotted quad is the last two groups
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, GROUPS - before.length - after.length) }, () => '0');
  return `${[...before, ...zeros, ...after].slice(0, groups).join(':')}::/${groups * 16}`;
}
