/**
 * The front: one address for people. It serves the pages, keeps their session in a cookie that no script can read, and passes `/v1` and the
 * chat on. Nothing of the operations listener is reached through it. See docs/decisions/0078.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGuardedListener } from '../edge/http/listener/guarded-listener.ts';
import { stopListener } from '../edge/http/listener/stop-listener.ts';
import { refuseConnection } from '../edge/http/listener/refuse-connection.ts';
import type { CertificateSource } from '../edge/network/certificate.ts';
import type { OwnConnections } from '../edge/network/own-connections.ts';
import type { UnsentBytes } from '../edge/overload/unsent-bytes.ts';
import type { CutReason } from '../edge/telemetry-events.ts';
import { bundlePages } from './bundle.ts';
import { loadNamedFiles } from './named-files.ts';
import { passOn } from './pass-on.ts';
import { CHAT_PATH, startChatRelay } from './relay-chat.ts';
import { refuse } from './refuse.ts';
import { servePages } from './serve-pages.ts';
import { answerSession, isSessionPath } from './sessions.ts';
import { openUpstream, type Upstreams } from './upstream.ts';

const KEEP_ALIVE_MS = 75_000;
const HEADERS_TIMEOUT_MS = 20_000;
const HEADER_BYTES_MAX = 16 * 1_024;
const CONNECTIONS_MAX = 20_000;
const STOP_DEADLINE_MS = 5_000;

export type FrontDependencies = {
  readonly unsentBytes: UnsentBytes;
  /** Those to the other listeners, which believe on them for whom the front speaks. */
  readonly ownConnections: OwnConnections;
  readonly reportCut: (reason: CutReason) => void;
  readonly reportError: (error: unknown) => void;
};

export type FrontConfig = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly upstreams: Upstreams;
  /** Where people reach it, where that is not what their browsers name as host. */
  readonly publicUrl?: string | undefined;
  readonly certificates?: CertificateSource | undefined;
  readonly trustedProxies?: readonly string[];
  readonly addressConnectionsMax?: number;
};

export type Front = AsyncDisposable & { readonly url: string };

/** Bundles the pages first: rejects with what esbuild says where they can't be. */
export async function startFront({ unsentBytes, ownConnections, reportCut, reportError }: FrontDependencies, config: FrontConfig): Promise<Front> {
  const bundled = await bundlePages();
  const pages = { ...bundled, named: await loadNamedFiles(bundled) };
  const upstream = openUpstream(config.upstreams, { certificates: config.certificates, ownConnections });
  const publicOrigin = config.publicUrl === undefined ? undefined : new URL(config.publicUrl).origin;
  const own = { publicOrigin, isSecure: publicOrigin?.startsWith('https:') ?? config.certificates !== undefined };
  const chat = startChatRelay({ upstream, own });

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path.startsWith('/v1/')) return passOn({ upstream, own }, request, response);
    if (isSessionPath(path)) return answerSession({ upstream, own }, path, request, response);
    servePages(pages, path, request, response);
  };
  const guarded = (request: IncomingMessage, response: ServerResponse): void => {
    try {
      handle(request, response);
    } catch (error) {
      reportError(error);
      if (response.headersSent) response.destroy();
      else refuse(response, { code: 'internal-error' });
    }
  };
  const listener = createGuardedListener(guarded, { unsentBytes, reportCut }, { ...config, server: SERVER_OPTIONS });
  const { server, isSecure } = listener;
  server.maxConnections = CONNECTIONS_MAX;
  server.on('upgrade', (request, stream, head) => {
    if (request.url !== CHAT_PATH) return refuseConnection(stream, { code: 'route-unknown' });
    chat.accept(request, stream, head).catch((error: unknown) => {
      reportError(error);
      stream.destroy();
    });
  });
  server.listen(config.port, config.host);
  await once(server, 'listening'); // rejects when the port is taken
  const { port } = server.address() as AddressInfo;
  return {
    url: `${isSecure ? 'https' : 'http'}://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    [Symbol.asyncDispose]: async () => {
      chat[Symbol.dispose]();
      await stopListener(listener, { deadlineMs: STOP_DEADLINE_MS });
      upstream[Symbol.dispose]();
    },
  };
}

const SERVER_OPTIONS = {
  maxHeaderSize: HEADER_BYTES_MAX,
  keepAliveTimeout: KEEP_ALIVE_MS,
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: 0, // each API has a limit of its own, and uploads have none
};
