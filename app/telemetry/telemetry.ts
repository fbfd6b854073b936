/** Makes log lines and Prometheus metrics of what happens: one call reports one event. Nothing personal is in either. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import type { CutReason, EdgeEvent } from '../../edge/telemetry-events.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { JobQueue } from '../../ports/job-queue/port.ts';
import type { ProjectionsEvent } from '../../projections/dependencies.ts';
import type { Projections } from '../../projections/rollout/start-projections.ts';
import type { WorkersEvent } from '../../workers/telemetry-events.ts';
import type { Logger } from '../logger.ts';
import type { CommandEvent } from './command-telemetry.ts';
import { emptyTallies, type CacheTallies } from '../../ports/cache-tallies.ts';
import type { ChangesLag } from '../../read-api/dependencies.ts';
import { observeCaches } from './cache-metrics.ts';
import { changesMetrics } from './changes-metrics.ts';
import { observeGateway } from './gateway-metrics.ts';
import type { HealthChecks } from '../health/checks.ts';
import { observeHealth } from './health-metrics.ts';
import { PROJECTIONS_MESSAGES, WORKERS_MESSAGES } from './log-messages.ts';
import { replaceEventLoopMetrics } from './event-loop-metrics.ts';
import { observeProjections } from './projection-metrics.ts';
import { countPortCalls, type PortMetrics } from './port-metrics.ts';
import { observeQueues } from './queue-metrics.ts';
import { traceRequest } from './tracing/trace-requests.ts';
import type { Tracing } from './tracing/tracing.ts';
import { createRepeatedFailures } from './repeated-failures.ts';
import { scrapeCounter } from './scraped-metrics.ts';
import { createSecurityLog, type LoggedAddresses, type SecurityLog } from './security-log.ts';

const LATENCY_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type Telemetry = {
  readonly registry: Registry;
  readonly securityLog: SecurityLog;
  readonly portMetrics: PortMetrics;
  /** Counted by the caches of the process. */
  readonly caches: CacheTallies;
  /** Of those who follow the changes of projections from outside. */
  readonly changesLag: (lag: ChangesLag) => void;
  readonly edgeReporter: (api: string) => (event: EdgeEvent) => void;
  readonly reportProjections: (event: ProjectionsEvent) => void;
  readonly reportWorkers: (event: WorkersEvent) => void;
  readonly reportCommand: (event: CommandEvent) => void;
  /** The accounts whose circuit breaker is open in this process, or probes. */
  readonly openBreakers: ReadonlySet<string>;
  /** For exceptions that the component survives. */
  readonly failureReporter: (component: string) => (error: unknown) => void;
  readonly refusalReporter: (api: string) => (code: RefusalCode) => void;
  /** For connections that are ended because their client takes what others need. */
  readonly cutReporter: (api: string) => (reason: CutReason) => void;
  /** Adds metrics that are read from these at each scrape. */
  observe(sources: { readonly projections?: Projections; readonly jobs?: JobQueue; readonly gateway?: Gateway; readonly health?: HealthChecks }): void;
};

export function startTelemetry(
  logger: Logger,
  { addresses }: { readonly addresses: LoggedAddresses } = { addresses: 'none' },
  tracing?: Pick<Tracing, 'span' | 'nowMs'>,
): Telemetry {
  const {
    registry,
    requests,
    refusals,
    connectionsCut,
    callbacks,
    commands,
    attempts,
    pushesNotRequested,
    deliveriesSuppressed,
    smsHeldBack,
    forgotten,
    paceWaits,
    breakersOpen,
    operationalEvents,
    securityEvents,
    failures,
  } = createMetrics();
  const securityLog = createSecurityLog({ logger, counter: securityEvents }, { addresses });
  const dropped = { name: 'tidings_log_lines_dropped_total', help: 'Lines of the log that could not be written.', registry };
  scrapeCounter(dropped, () => [{ labels: {}, value: logger.droppedLines() }]);

  const caches = emptyTallies();
  observeCaches(registry, caches);

  const openBreakers = new Set<string>();
  const toldOf = createRepeatedFailures();
  const failureReporter = (component: string) => (error: unknown) => {
    failures.inc({ component });
    const told = toldOf(component, error);
    if (told !== undefined) logger.error('unexpected error', { component, ...errorFields(error), ...(told.repeated > 0 && told) });
  };

  return {
    registry,
    securityLog,
    portMetrics: countPortCalls(registry),
    caches,
    failureReporter,
    openBreakers,
    changesLag: changesMetrics(registry),
    refusalReporter: (api) => (code) => refusals.inc({ api, code }),
    cutReporter: (api) => (reason) => connectionsCut.inc({ api, reason }),
    reportCommand: (event) => commands.inc(event),

    edgeReporter: (api) => (event) => {
      switch (event.type) {
        case 'request-finished':
          if (tracing !== undefined) traceRequest(tracing, api, event);
          requests.observe({ api, route: event.route ?? 'none', method: event.method, status: String(event.status) }, event.ms / 1_000);
          if (event.code !== undefined) refusals.inc({ api, code: event.code });
          logger.debug('request finished', { api, ...event });
          return;
        case 'request-failed':
          failures.inc({ component: api });
          logger.error('request failed', { api, operationId: event.operationId, requestId: event.requestId, ...errorFields(event.error) });
          return;
        case 'connection-cut':
          connectionsCut.inc({ api, reason: event.reason });
          logger.debug('connection ended to protect the others', { api, reason: event.reason });
          return;
        case 'callbacks-recorded':
          for (const [outcome, count] of Object.entries(event.counts)) callbacks.inc({ vendor: event.vendor, outcome }, count);
          return;
        case 'callback-refused':
          callbacks.inc({ vendor: event.vendor, outcome: 'refused' });
          logger.warn('callback refused', { api, vendor: event.vendor, reason: event.reason });
          return;
        case 'security':
          return securityLog.report({ ...event.security, api });
        case 'limit-unavailable':
          failures.inc({ component: 'rate-limit' });
          logger.warn('rate limiter unavailable; request allowed', { api, limit: event.limit, ...errorFields(event.error) });
      }
    },

    reportProjections: (event) => {
      const { type, ...fields } = event;
      operationalEvents.inc({ component: 'projections', event: type });
      const { level, message } = PROJECTIONS_MESSAGES[type];
      logger[level](message, withErrorFields(fields));
    },

    reportWorkers: (event) => {
      switch (event.event) {
        case 'attempt-ended':
          attempts.observe({ channel: event.channel, vendor: event.vendor, outcome: event.outcome }, event.durationMs / 1_000);
          return;
        case 'push-not-requested':
          pushesNotRequested.inc({ reason: event.reason });
          return;
        case 'delivery-suppressed':
          deliveriesSuppressed.inc({ channel: event.channel, reason: event.reason });
          return;
        case 'pace-waited':
          paceWaits.inc({ vendor: event.vendor }, event.waitMs / 1_000);
          return;
        case 'forgotten':
          forgotten.inc({ what: event.what }, event.count);
          return;
        case 'sms-held-back':
          smsHeldBack.inc({ country: event.country, reason: event.reason });
          return;
        case 'sweep-found':
        case 'sweep-failed':
        case 'queue-full':
        case 'progress-failed':
        case 'recipient-unplanned':
        case 'breaker-opened':
        case 'breaker-closed': {
          const { event: type, ...fields } = event;
          if (event.event === 'breaker-opened' || event.event === 'breaker-closed') {
            const isOpen = event.event === 'breaker-opened';
            breakersOpen.set({ vendor: event.vendor }, isOpen ? 1 : 0);
            if (isOpen) openBreakers.add(event.vendor);
            else openBreakers.delete(event.vendor);
          }
          operationalEvents.inc({ component: 'workers', event: type });
          const { level, message } = WORKERS_MESSAGES[type];
          logger[level](message, withErrorFields(fields));
        }
      }
    },

    observe: ({ projections, jobs, gateway, health }) => {
      if (health !== undefined) observeHealth(registry, health);
      if (projections !== undefined) observeProjections(registry, projections, failureReporter('metrics'));
      if (jobs !== undefined) observeQueues(registry, jobs, failureReporter('metrics'));
      if (gateway !== undefined) observeGateway(registry, gateway);
    },
  };
}

function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry }); // heap, CPU
  replaceEventLoopMetrics(registry);
  const registers = [registry];
  const requests = new Histogram({
    name: 'tidings_http_request_seconds',
    help: 'Duration of requests by route and status.',
    labelNames: ['api', 'route', 'method', 'status'],
    buckets: LATENCY_SECONDS,
    registers,
  });
  const attempts = new Histogram({
    name: 'tidings_delivery_attempt_seconds',
    help: 'Duration of delivery attempts by outcome.',
    labelNames: ['channel', 'vendor', 'outcome'],
    buckets: LATENCY_SECONDS,
    registers,
  });
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames: [...labelNames], registers });
  return {
    registry,
    requests,
    attempts,
    connectionsCut: counter('tidings_connections_cut_total', 'Connections ended because of a client that takes what others need.', ['api', 'reason']),
    refusals: counter('tidings_refusals_total', 'Refused requests and frames by code.', ['api', 'code']),
    callbacks: counter('tidings_callbacks_total', 'What vendors called back about, by account and by what came of it.', ['vendor', 'outcome']),
    commands: counter('tidings_commands_total', 'Commands decided, by stream category and outcome.', ['category', 'outcome']),
    pushesNotRequested: counter('tidings_chat_pushes_not_requested_total', 'Members for whom no push of a chat message was requested, by reason.', ['reason']),
    deliveriesSuppressed: counter('tidings_deliveries_suppressed_total', 'Deliveries suppressed, by reason.', ['channel', 'reason']),
    paceWaits: counter('tidings_vendor_pace_wait_seconds_total', 'Time that attempts waited for the pace of their account.', ['vendor']),
    breakersOpen: new Gauge({
      name: 'tidings_vendor_breaker_open',
      help: '1 while the circuit breaker of a vendor’s account is open or probes, 0 once it has closed.',
      labelNames: ['vendor'],
      registers,
    }),
    smsHeldBack: counter('tidings_sms_held_back_total', 'Texts not sent because of their country, by reason.', ['country', 'reason']),
    forgotten: counter('tidings_forgotten_total', 'Deliveries and notifications forgotten because they were older than they are kept.', ['what']),
    operationalEvents: counter('tidings_operational_events_total', 'Events of projections and workers that an operator may act on.', ['component', 'event']),
    securityEvents: counter('tidings_security_events_total', 'Events of the security log.', ['event']),
    failures: counter('tidings_failures_total', 'Exceptions: bugs and outages.', ['component']),
  };
}

const withErrorFields = (fields: Readonly<Record<string, unknown>>) => ('error' in fields ? { ...fields, ...errorFields(fields['error']) } : fields);

function errorFields(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { error: String(error) };
  return {
    error: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: error.cause instanceof Error ? error.cause.message : JSON.stringify(error.cause) }),
  };
}
