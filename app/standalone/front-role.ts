/** The role front: pages for people before APIs and gateways of other processes. It has neither log nor vault, and needs no secret. */
import { createOwnConnections } from '../../edge/network/own-connections.ts';
import { startUnsentBytes } from '../../edge/overload/unsent-bytes.ts';
import { startFront } from '../../front/front.ts';
import { startMemoryRateLimit } from '../../ports/rate-limit/memory.ts';
import { CannotStart, listenOrCannotStart } from '../cannot-start.ts';
import type { Config } from '../config/config.ts';
import { createHealthChecks } from '../health/checks.ts';
import type { Logger } from '../logger.ts';
import { startHealthListener } from '../operations-listener.ts';
import { NOTHING_TO_CALL } from './nothing-to-call.ts';
import { startTelemetry } from '../telemetry/telemetry.ts';
import { openTlsFiles } from '../tls-files.ts';

/** Starts a process that serves the pages and nothing else. Throws `CannotStart`. */
export async function startStandaloneFront(config: Config, { logger }: { readonly logger: Logger }): Promise<AsyncDisposable> {
  const { frontUpstreams: upstreams, ports, host, trustedProxies, publicUrl } = config;
  if (upstreams === undefined || ports.front === undefined) throw new CannotStart('The role front needs a port, and what it is before.');
  await using starting = new AsyncDisposableStack();
  const telemetry = startTelemetry(logger, config.securityLog);
  // Ready as soon as it listens: pages tell by themselves what can't be reached.
  const health = createHealthChecks({});
  telemetry.observe({ health });
  const certificates = config.tls === undefined ? undefined : starting.use(openTlsFiles(config.tls, { logger }));
  const listen = async <Listener extends AsyncDisposable & { readonly url: string }>(
    role: 'operations' | 'front',
    setting: string,
    opening: Promise<Listener>,
  ) => {
    const { url } = starting.use(await listenOrCannotStart(role, `${setting} and TIDINGS_HOST`, opening));
    logger.info('listening', { role, url });
  };
  const operations = { ...NOTHING_TO_CALL, rateLimit: starting.use(await startMemoryRateLimit()), report: telemetry.edgeReporter('operations') };
  const healthListener = startHealthListener(
    { ...operations, metrics: telemetry.registry, checks: () => health.run(), checksTell: 'reasons' },
    { host, port: ports.ops, certificates, trustedProxies },
  );
  await listen('operations', 'TIDINGS_OPS_PORT', healthListener);
  const dependencies = {
    unsentBytes: starting.use(startUnsentBytes(config.unsentBytes)),
    // None of its own listeners asks: the others are told by TIDINGS_TRUSTED_PROXIES whom they may believe.
    ownConnections: createOwnConnections(),
    reportCut: telemetry.cutReporter('front'),
    reportError: telemetry.failureReporter('front'),
  };
  await listen(
    'front',
    'TIDINGS_FRONT_PORT',
    startFront(dependencies, { ...config.http, host, port: ports.front, upstreams, certificates, trustedProxies, publicUrl }),
  );
  const started = starting.move();
  return { [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}
