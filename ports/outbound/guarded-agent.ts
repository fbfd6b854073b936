/** An agent whose connections go to checked addresses only. A name is resolved once for a connection, which is made to the very addresses that were checked. */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { Agent, type AgentOptions } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { getCACertificates } from 'node:tls';
import { ADDRESS_NOT_PUBLIC, OUTBOUND_CONNECTIONS_MAX, OUTBOUND_HOST_CONNECTIONS_MAX } from './port.ts';
import { isReachable, type Networks } from './public-address.ts';

export type ResolveName = (name: string, options: { readonly all: true }, callback: Resolved) => void;
type Resolved = (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void;

export type GuardedAgentOptions = {
  readonly allowed: Networks;
  /** An authority whose certificates are trusted beside the usual ones. */
  readonly ca?: string | undefined;
  readonly resolveName?: ResolveName | undefined;
  readonly connectionsMax?: number | undefined;
  readonly hostConnectionsMax?: number | undefined;
};

/** An idle connection is closed after so long. */
const IDLE_MS = 30_000;
const IDLE_CONNECTIONS_MAX = 4;

export function createGuardedAgent({ allowed, ca, resolveName = systemLookup as ResolveName, ...bounds }: GuardedAgentOptions): Agent {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: bounds.hostConnectionsMax ?? OUTBOUND_HOST_CONNECTIONS_MAX,
    maxTotalSockets: bounds.connectionsMax ?? OUTBOUND_CONNECTIONS_MAX,
    maxFreeSockets: IDLE_CONNECTIONS_MAX,
    timeout: IDLE_MS,
    ...(ca !== undefined && { ca: [...getCACertificates('default'), ca] }),
    lookup: checkedLookup(allowed, resolveName),
  } as AgentOptions);
  const connect = agent.createConnection.bind(agent);
  // A literal address is connected to without being looked up.
  agent.createConnection = (options, callback) => {
    const { host = '' } = options as { readonly host?: string };
    if (isIP(host) === 0 || isReachable(host, allowed)) return connect(options, callback);
    process.nextTick(() => (callback as ((error: Error) => void) | undefined)?.(notPublic(host)));
    return undefined as unknown as ReturnType<typeof connect>;
  };
  return agent;
}

/** Addresses that may not be connected to are left out; where none is left, there is no connection. */
function checkedLookup(allowed: Networks, resolveName: ResolveName): LookupFunction {
  return (name, options, callback) => {
    resolveName(name, { all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const family = options.family === 4 || options.family === 'IPv4' ? 4 : options.family === 6 || options.family === 'IPv6' ? 6 : undefined;
      const reachable = addresses.filter((one) => isReachable(one.address, allowed) && (family === undefined || one.family === family));
      const [first] = reachable;
      if (first === undefined) return callback(notPublic(name), []);
      if (options.all === true) callback(null, reachable as LookupAddress[]);
      else callback(null, first.address, first.family);
    });
  };
}

const notPublic = (host: string): Error => Object.assign(new Error(`${host} is no public address.`), { code: ADDRESS_NOT_PUBLIC });
