/** The address under which clients reach this node. */
import { isIP } from 'node:net';

export type NodeAddress = { readonly host: string; readonly port: number };

export const hostText = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

/** A client can't connect to the wildcard address. */
export const reachableHost = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);

/** Over TLS the Node client does not accept an IP address as the server's name. */
export const hostForTls = (host: string): string => (isIP(host) === 0 ? host : 'localhost');

/**
 * What gossip tells a client to connect to: what the configuration says; else, of a server bound to all addresses, the address by which this
 * client found it, since no other is known to be reachable; else the bound one.
 */
export function advertisedTo(
  authority: string,
  { advertised, bound }: { readonly advertised: NodeAddress | undefined; readonly bound: NodeAddress },
): NodeAddress {
  if (advertised !== undefined) return advertised;
  if (reachableHost(bound.host) === bound.host) return bound;
  return parseAuthority(authority) ?? { host: reachableHost(bound.host), port: bound.port };
}

function parseAuthority(authority: string): NodeAddress | undefined {
  const [, ipv6, host = ipv6, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(authority) ?? [];
  return host === undefined || port === undefined ? undefined : { host, port: Number(port) };
}
