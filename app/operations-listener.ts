/**
 * The listener for operators: health, metrics, the operator's page, the outbox, and in the distributed profile the command line. The outbox
 * shows personal messages to whoever asks, so only this machine may see it.
 */
import { join } from 'node:path';
import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { SENT_CHANNELS } from '../domain/people/notification-channels.ts';
import { sendRefusal } from '../edge/http/mount-routes.ts';
import { startHttpServer, type HttpServer, type HttpServerConfig, type HttpServerDependencies } from '../edge/http/server.ts';
import { createClientAddress, type ClientAddressOf } from '../edge/network/client-address.ts';
import type { SecurityEvent } from '../edge/security-events.ts';
import type { Outbox, OutboxListOptions, OutboxMessage } from '../ports/sender/port.ts';
import { catalogueRoutes } from './analytics/catalogue-routes.ts';
import type { Answering } from './control/answering.ts';
import { byBearer, httpControl } from './control/http-control.ts';
import { operatorPage } from './operator-page/operator-page.ts';

const PAGES = join(import.meta.dirname, '..', 'web', 'outbox');
const LISTED_MESSAGES_MAX = 1_000;
const PAGE_BYTES_MAX = 1024 * 1024;
/** Each message is a file. */
const READ_AT_ONCE = 100;

const listQuery = z.strictObject({
  channel: z.enum(SENT_CHANNELS).optional(),
  before: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(LISTED_MESSAGES_MAX).default(50),
});

export type OperationsListenerDependencies = Omit<HttpServerDependencies, 'routes' | 'api' | 'site'> & {
  readonly outbox: Outbox;
  readonly control: Answering;
  /** Whether the command line asks over HTTP, in a profile where it has no socket. */
  readonly isCommandLineServed: boolean;
  /** Seals the cookies of the operator's page; the same in all processes. */
  readonly sessionKey: Uint8Array;
};

export type OperationsListenerConfig = HttpServerConfig & {
  /** Where operators reach it, where that is not what their browsers name as host. */
  readonly publicUrl?: string | undefined;
};

/** For a process that sends nothing itself, such as one of the event store alone: health and metrics. */
export const startHealthListener = (dependencies: Omit<HttpServerDependencies, 'routes' | 'site'>, config: HttpServerConfig): Promise<HttpServer> =>
  startHttpServer({ ...dependencies, routes: [] }, config);

export const startOperationsListener = (dependencies: OperationsListenerDependencies, config: OperationsListenerConfig): Promise<HttpServer> =>
  startHttpServer({ ...dependencies, routes: [], site: siteOf(dependencies, config) }, config);

function siteOf(
  { outbox, control: answering, isCommandLineServed, sessionKey, authenticate, clock, report }: OperationsListenerDependencies,
  { publicUrl, certificates, trustedProxies }: OperationsListenerConfig,
): RequestHandler {
  const site = Router({ strict: true });
  const clientAddressOf = createClientAddress(trustedProxies);
  const reportSecurity = (security: SecurityEvent) => report({ type: 'security', security });
  const shared = { answering, clientAddressOf, reportSecurity };
  if (isCommandLineServed) site.use(httpControl({ ...shared, authenticate: byBearer(authenticate) }));
  const publicOrigin = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  const own = { publicOrigin, isSecure: publicOrigin?.startsWith('https:') ?? certificates !== undefined };
  site.use(operatorPage({ ...shared, authenticate, clock }, { own, sessionKey }));
  site.use(catalogueRoutes());
  site.use('/outbox', localOnly(clientAddressOf));
  site.get('/outbox', (_request, response) => response.redirect('/outbox/'));
  site.get('/outbox/outbox.json', async (request: Request, response: Response) => {
    const query = listQuery.safeParse(request.query);
    if (!query.success) return sendRefusal(response, { code: 'bad-request', facts: { detail: z.prettifyError(query.error) } });
    const { channel, before, limit } = query.data;
    response.json(await pageOf(outbox, { limit, ...(channel === undefined ? {} : { channel }), ...(before === undefined ? {} : { before }) }));
  });
  site.use('/outbox', express.static(PAGES, { index: 'index.html' }));
  return site;
}

/** A page ends early where its messages are long, after one at the least. `next` is the last one shown; null where none are older. */
async function pageOf(
  outbox: Outbox,
  { limit, ...query }: OutboxListOptions,
): Promise<{ readonly messages: readonly OutboxMessage[]; readonly next: string | null }> {
  const messages: OutboxMessage[] = [];
  let bytes = 0;
  for (;;) {
    const read = await outbox.list({ ...query, limit: READ_AT_ONCE, ...(messages.length === 0 ? {} : { before: messages.at(-1)?.id ?? '' }) });
    for (const message of read) {
      bytes += Buffer.byteLength(JSON.stringify(message));
      if (messages.length === limit || (bytes > PAGE_BYTES_MAX && messages.length > 0)) return { messages, next: messages.at(-1)?.id ?? null };
      messages.push(message);
    }
    if (read.length < READ_AT_ONCE) return { messages, next: null };
  }
}

/** Checks the address and the host name: a page of another site may have its own name resolve to this machine, and a proxy passes on requests of others. */
const localOnly =
  (clientAddressOf: ClientAddressOf): RequestHandler =>
  (request, response, next) => {
    const address = clientAddressOf(request);
    const isLocal = address === '::1' || address.startsWith('127.');
    if (isLocal && /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/i.test(request.headers.host ?? '')) next();
    else sendRefusal(response, { code: 'forbidden' });
  };
