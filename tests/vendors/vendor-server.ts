/**
 * A simulator of a vendor over the wire: TLS with a certificate of its own, HTTP/1.1 and HTTP/2 on one port. Each vendor's simulator says
 * what the vendor checks and how it answers; this part behaves as the vendor is told to, and keeps what was accepted.
 */
import { once } from 'node:events';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { makeCertificates } from '../../event-store/grpc/certificates.ts';
import type { VendorDoes } from '../../ports/sender/contract.ts';
import { RETRY_AFTER_MS, SLOW_MS } from '../../ports/sender/vendor-times.ts';

export type VendorRequest = {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** The body as it came. */
  readonly bytes: Buffer;
  readonly httpVersion: string;
};

export type VendorAnswer = { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

export type VendorRules = {
  /** How the vendor refuses a request that it would not take, whatever it was told to do; undefined where it is fine, or no message at all. */
  readonly refuse: (request: VendorRequest) => VendorAnswer | undefined;
  /** undefined: a request that is no message, such as one for a token or an id, which `answer` answers. */
  readonly deliveryIn: (request: VendorRequest) => string | undefined;
  /** The vendor has taken a message, whether or not its answer will arrive. */
  readonly take?: (request: VendorRequest) => void;
  /** The answer to a message that was accepted, and to requests that are none. */
  readonly answer: (request: VendorRequest) => VendorAnswer;
  readonly fails: Readonly<
    Record<Extract<VendorDoes, 'reject' | 'say that the endpoint is gone' | 'refuse our credentials' | 'be unavailable'>, VendorAnswer>
  > & {
    /** Asks to wait for `RETRY_AFTER_MS`. */
    readonly 'limit the rate': VendorAnswer;
  };
};

export type VendorServer = AsyncDisposable & {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** The authority of its certificate, as PEM. */
  readonly ca: string;
  /** Every request that came whole, oldest first. */
  readonly requests: readonly VendorRequest[];
  /** From now on, for every message; requests that are none are answered all the same. */
  tell(does: VendorDoes): void;
  /** Messages of this delivery that it has accepted. */
  accepted(delivery: string): readonly VendorRequest[];
  /** Ends all connections, with GOAWAY on HTTP/2 where it is `politely`. */
  dropConnections(how: 'politely' | 'silently'): void;
  /** Requests that it has begun to read, and neither answered nor given up: a slow vendor takes them whoever is still there. */
  readonly underWay: () => number;
  /** Connections made since it started. */
  readonly connections: () => number;
};

export const RETRY_AFTER_SECONDS = RETRY_AFTER_MS / 1_000;

/** The same for all of a process: making keys takes longer than most tests. */
let certificates: ReturnType<typeof makeCertificates> | undefined;

export async function startVendorServer(rules: VendorRules): Promise<VendorServer> {
  const { certificate, key, authority } = (certificates ??= makeCertificates(['127.0.0.1', 'localhost'], Date.now()));
  const requests: VendorRequest[] = [];
  const accepted = new Map<string, VendorRequest[]>();
  const sockets = new Set<Socket>();
  const stopping = new AbortController();
  let does: VendorDoes = 'accept';
  let connections = 0;
  let underWay = 0;

  const keep = (delivery: string, request: VendorRequest) => {
    accepted.set(delivery, [...(accepted.get(delivery) ?? []), request]);
    rules.take?.(request);
  };

  const serve = async (incoming: Http2ServerRequest, response: Http2ServerResponse): Promise<void> => {
    const request = await requestFrom(incoming);
    requests.push(request);
    const refused = rules.refuse(request);
    if (refused !== undefined) return answerWith(response, refused);
    const delivery = rules.deliveryIn(request);
    if (delivery === undefined) return answerWith(response, rules.answer(request));
    switch (does) {
      case 'accept':
      case 'accept slowly':
        if (does === 'accept slowly') await delay(SLOW_MS, undefined, { signal: stopping.signal });
        keep(delivery, request);
        return answerWith(response, rules.answer(request));
      case 'hang':
        return;
      case 'drop the connection before accepting':
        return destroy(incoming);
      case 'drop the connection after accepting':
        keep(delivery, request);
        return destroy(incoming);
      case 'reject':
      case 'say that the endpoint is gone':
      case 'refuse our credentials':
      case 'limit the rate':
      case 'be unavailable':
        return answerWith(response, rules.fails[does]);
    }
  };

  const server = createSecureServer({ cert: certificate, key, allowHTTP1: true }, (incoming, response) => {
    underWay += 1;
    void serve(incoming, response)
      .catch(() => destroy(incoming))
      .finally(() => (underWay -= 1));
  });
  const sessions = new Set<{ close(): void; destroy(): void }>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session)).on('error', () => undefined);
  });
  const keepSocket = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  };
  server.on('connection', keepSocket); // one whose handshake is not over would keep the server for two minutes
  server.on('secureConnection', (socket: Socket) => {
    connections += 1;
    keepSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `https://127.0.0.1:${port}`,
    port,
    ca: authority,
    requests,
    tell: (told) => {
      does = told;
    },
    accepted: (delivery) => accepted.get(delivery) ?? [],
    dropConnections: (how) => {
      if (how === 'politely') for (const session of sessions) session.close();
      else for (const socket of sockets) socket.destroy();
    },
    underWay: () => underWay,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      const closed = once(server, 'close');
      server.close(); // none is accepted any more
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function requestFrom(incoming: Http2ServerRequest): Promise<VendorRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
  const bytes = Buffer.concat(chunks);
  return { method: incoming.method, path: incoming.url, headers, body: bytes.toString('utf8'), bytes, httpVersion: incoming.httpVersion };
}

function answerWith(response: Http2ServerResponse, { status, headers = {}, body = '' }: VendorAnswer): void {
  response.writeHead(status, headers);
  response.end(body);
}

/** The whole connection, as when the network is cut. */
function destroy(incoming: Http2ServerRequest): void {
  const { stream, socket } = incoming as Partial<Http2ServerRequest>;
  if (stream?.session !== undefined) stream.session.destroy();
  else socket?.destroy();
}
