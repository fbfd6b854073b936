/** Which addresses may be connected to. */
import ipaddr from 'ipaddr.js';

export type Networks = readonly (readonly [ipaddr.IPv4 | ipaddr.IPv6, number])[];

/** Undefined where one of them is no network in CIDR notation. */
export function networksOf(texts: readonly string[]): Networks | undefined {
  const networks = texts.map((text) => (ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : undefined));
  return networks.every((network) => network !== undefined) ? networks : undefined;
}

/**
 * Whether the address is of the public internet, or in one of the networks that an operator allows. An IPv4 address that is mapped into
 * IPv6 (or translated, or tunnelled) is never public, for it may stand for any address; it is allowed where the one that it stands for is.
 */
export function isReachable(address: string, allowed: Networks): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() === 'unicast' && isGlobal(parsed) && !OF_CLOUDS.some((host) => isIn(parsed, host, 32))) return true;
  const meant = ipaddr.process(address);
  return allowed.some(([network, bits]) => isIn(parsed, network, bits) || isIn(meant, network, bits));
}

/** All that has been given out of IPv6 so far (RFC 4291): the rest is reserved, or private once, or stands for an IPv4 address as `::7f00:1` does. */
const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::');
const isGlobal = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean => address.kind() === 'ipv4' || isIn(address, GLOBAL_UNICAST, 3);

/** Public by its number, and inside each virtual machine of Azure the host that gives it its settings. */
const OF_CLOUDS: readonly ipaddr.IPv4[] = [ipaddr.IPv4.parse('168.63.129.16')];

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, network: ipaddr.IPv4 | ipaddr.IPv6, bits: number): boolean {
  if (address.kind() === 'ipv4' && network.kind() === 'ipv4') return (address as ipaddr.IPv4).match(network as ipaddr.IPv4, bits);
  return address.kind() === 'ipv6' && network.kind() === 'ipv6' && (address as ipaddr.IPv6).match(network as ipaddr.IPv6, bits);
}
