/**
 * The address of a client, also behind proxies. A proxy writes into `X-Forwarded-For` or `Forwarded` (RFC 7239) whom it speaks for,
 * behind whatever the client sent there. So the list is read from the right, as far as the addresses are of proxies that the operator
 * named; the next one is the client, and what stands further left is only what the client claims.
 */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { canonicalAddress } from './addresses.ts';
import type { OwnConnections } from './own-connections.ts';

type ForwardedRequest = {
  readonly socket: Partial<Pick<IncomingMessage['socket'], 'remoteAddress' | 'remotePort'>>;
  readonly headers: IncomingMessage['headers'];
};

/** Empty for a connection that is gone already. */
export type ClientAddressOf = (request: ForwardedRequest) => string;

/** Whether an address is that of a trusted proxy: one of these addresses, or in one of these networks in CIDR notation. Throws `RangeError` for any other text. */
export function createProxyCheck(trustedProxies: readonly string[] = []): (address: string) => boolean {
  const trusted = proxiesOf(trustedProxies);
  return (address) => {
    const canonical = canonicalAddress(address) ?? '';
    return isIP(canonical) !== 0 && trusted.check(canonical, isIP(canonical) === 6 ? 'ipv6' : 'ipv4');
  };
}

/**
 * `trustedProxies`: addresses, or networks in CIDR notation; throws `RangeError` for any other text. `ownConnections`: of this process,
 * whatever their address.
 */
export function createClientAddress(trustedProxies: readonly string[] = [], ownConnections?: Pick<OwnConnections, 'has'>): ClientAddressOf {
  const isTrusted = createProxyCheck(trustedProxies);

  /** The last entry is the one that the nearest proxy wrote. An entry that is no address ends the search: its proxy hides the client. */
  const clientBehind = (proxy: string, entries: readonly (string | undefined)[]): string => {
    let [client, speaksForOthers] = [proxy, true];
    for (const entry of entries.toReversed()) {
      if (entry === undefined || !speaksForOthers) break;
      client = entry;
      speaksForOthers = isTrusted(client);
    }
    return client;
  };

  return ({ socket, headers }) => {
    const peer = canonicalAddress(socket.remoteAddress ?? '');
    if (peer === undefined) return '';
    if (!isTrusted(peer) && ownConnections?.has(socket) !== true) return peer;
    const claims = [entriesOf(headers['x-forwarded-for'], addressIn), entriesOf(headers['forwarded'], addressInElement)]
      .filter((entries) => entries.length > 0)
      .map((entries) => clientBehind(peer, entries));
    // A proxy sets one of the two and may pass the other one on as the client sent it. Where they differ, neither can be believed.
    const [client = peer] = claims;
    return claims.every((claim) => claim === client) ? client : peer;
  };
}

function proxiesOf(networks: readonly string[]): BlockList {
  const proxies = new BlockList();
  for (const text of networks) {
    const [address = '', prefix, ...rest] = text.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const longest = family === 'ipv6' ? 128 : 32;
    const length = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Infinity;
    if (isIP(address) === 0 || rest.length > 0 || length > longest) throw new RangeError(`${text} is no address and no network in CIDR notation`);
    proxies.addSubnet(address, length, family);
  }
  return proxies;
}

/** Split at every comma, also within quotes: no address has one, and a client must not swallow with an open quote what its proxy wrote behind. */
function entriesOf(header: string | readonly string[] | undefined, read: (entry: string) => string | undefined): readonly (string | undefined)[] {
  const text = typeof header === 'string' ? header : (header ?? []).join(',');
  return text.trim() === '' ? [] : text.split(',').map(read);
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`. */
function addressIn(entry: string): string | undefined {
  const text = entry.trim();
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/.exec(text) ?? [];
  return canonicalAddress(bracketed ?? plain ?? text);
}

/** `for="[2001:db8::1]:4711";proto=https` */
function addressInElement(element: string): string | undefined {
  const pairs = element.split(';').map((pair) => /^\s*for\s*=\s*"?([^"]*)"?\s*$/i.exec(pair)?.[1]);
  const found = pairs.find((value) => value !== undefined);
  return found === undefined ? undefined : addressIn(found);
}
