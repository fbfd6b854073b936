/** Requests to the listeners that the front stands before. */
import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { Agent as SecureAgent, request as httpsRequest } from 'node:https';
import type { CertificateSource } from '../edge/network/certificate.ts';
import type { OwnConnections } from '../edge/network/own-connections.ts';

/** Addresses: of the listeners of this process, or names behind which there are several processes. */
export type Upstreams = { readonly 'read-api': string; readonly 'write-api': string; readonly gateway: string };
export type Api = Exclude<keyof Upstreams, 'gateway'>;

export type Upstream = Disposable & {
  request(to: Api, path: string, options: { readonly method: string; readonly headers: OutgoingHttpHeaders }): ClientRequest;
  readonly addresses: Upstreams;
  /** How a WebSocket to the gateway is opened. */
  readonly socketOptions: () => object;
};

const SOCKETS_IDLE_MAX = 64;

export function openUpstream(
  addresses: Upstreams,
  { certificates, ownConnections }: { readonly certificates: CertificateSource | undefined; readonly ownConnections: OwnConnections },
): Upstream {
  const [plain, secure] = [new Agent({ keepAlive: true, maxFreeSockets: SOCKETS_IDLE_MAX }), new SecureAgent({ keepAlive: true })];
  /** They have the front's own certificate, and are called by their address and not by its name. */
  const tls = () =>
    certificates === undefined ? {} : { ca: certificates.current().certificate, checkServerIdentity: () => undefined, allowPartialTrustChain: true };
  const owned = (request: ClientRequest): ClientRequest => request.on('socket', (socket) => ownConnections.add(socket));
  return {
    addresses,
    socketOptions: () => ({ ...tls(), finishRequest: (request: ClientRequest) => void owned(request).end() }),
    request: (to, path, options) => {
      const url = new URL(addresses[to]);
      const target = { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port, path, ...options };
      return owned(url.protocol === 'https:' ? httpsRequest({ ...target, agent: secure, ...tls() }) : httpRequest({ ...target, agent: plain }));
    },
    [Symbol.dispose]: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

/** At most `bytesMax`. Throws where it is more, or ends early. */
export async function bodyOf(response: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > bytesMax) throw new Error(`The answer has more than ${bytesMax} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
