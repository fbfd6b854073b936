/** What happens, as metrics in Prometheus' form and as log lines. One call reports an event; nothing personal is in either. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import type { EdgeEvent } from '../../edge/telemetry-events.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { JobQueue } from '../../ports/job-queue/port.ts';
import type { ProjectionsEvent as ProjectionsReport } from '../../projections/dependencies.ts';
import type { Projections } from '../../projections/rollout/run.ts';
import type { WorkersEvent } from '../../workers/telemetry-events.ts';
import type { Logger } from '../logger.ts';
import type { CommandEvent } from './command-telemetry.ts';

const LATENCY_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type Telemetry = {
  readonly registry: Registry;
  readonly edge: (api: string) => (event: EdgeEvent) => void;
  readonly projections: (event: ProjectionsReport) => void;
  readonly workers: (event: WorkersEvent) => void;
  readonly failed: (part: string) => (error: unknown) => void;
  readonly refused: (api: string) => (code: RefusalCode) => void;
  readonly command: (event: CommandEvent) => void;
  /** Gauges that are read when they are asked for. */
  watch(what: { readonly projections?: Projections; readonly jobs?: JobQueue; readonly gateway?: Gateway }): void;
};

export function startTelemetry(logger: Logger): Telemetry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry }); // event-loop delay, heap, CPU
  const registers = [registry];
  const requests = new Histogram({
    name: 'tidings_http_request_seconds',
    help: 'Requests by route and status.',
    labelNames: ['api', 'route', 'method', 'status'],
    buckets: LATENCY_SECONDS,
    registers,
  });
  const refusals = new Counter({ name: 'tidings_refusals_total', help: 'Refusals by code.', labelNames: ['api', 'code'], registers });
  const commands = new Counter({
    name: 'tidings_commands_total',
    help: 'Commands decided, by the category of their stream and by what came of them.',
    labelNames: ['category', 'outcome'],
    registers,
  });
  const attempts = new Histogram({
    name: 'tidings_delivery_attempt_seconds',
    help: 'Attempts to deliver, by outcome.',
    labelNames: ['channel', 'vendor', 'outcome'],
    buckets: LATENCY_SECONDS,
    registers,
  });
  const events = new Counter({ name: 'tidings_events_total', help: 'What parts tell of themselves.', labelNames: ['part', 'event'], registers });
  const failures = new Counter({ name: 'tidings_failures_total', help: 'Exceptions: bugs and outages.', labelNames: ['part'], registers });

  const failed = (part: string) => (error: unknown) => {
    failures.inc({ part });
    logger.error('something failed', { part, ...errorFields(error) });
  };

  return {
    registry,
    failed,
    refused: (api) => (code) => refusals.inc({ api, code }),
    command: (event) => commands.inc(event),

    edge: (api) => (event) => {
      switch (event.type) {
        case 'request-finished':
          requests.observe({ api, route: event.route ?? 'none', method: event.method, status: String(event.status) }, event.ms / 1_000);
          if (event.code !== undefined) refusals.inc({ api, code: event.code });
          logger.debug('request finished', { api, ...event });
          return;
        case 'request-failed':
          failures.inc({ part: api });
          logger.error('request failed', { api, operationId: event.operationId, requestId: event.requestId, ...errorFields(event.error) });
          return;
        case 'limit-unavailable':
          failures.inc({ part: 'rate-limit' });
          logger.warn('a limit could not be asked', { api, limit: event.limit, ...errorFields(event.error) });
      }
    },

    projections: (event) => {
      const { what, ...fields } = event;
      events.inc({ part: 'projections', event: what });
      const line = what === 'activated' || what === 'dropped' || what === 'took-over' || what === 'resolved' ? logger.info : logger.warn;
      line(`projection ${what}`, 'error' in fields ? { ...fields, ...errorFields(fields.error) } : fields);
    },

    workers: (event) => {
      const { event: name, ...fields } = event;
      if (event.event === 'attempt-ended') {
        attempts.observe({ channel: event.channel, vendor: event.vendor, outcome: event.outcome }, event.durationMs / 1_000);
        return;
      }
      events.inc({ part: 'workers', event: name });
      const line = name === 'sweep-found' || name === 'breaker-closed' ? logger.info : logger.warn;
      line(`workers: ${name}`, 'error' in fields ? { ...fields, ...errorFields(fields.error) } : fields);
    },

    watch: ({ projections, jobs, gateway }) => {
      if (projections !== undefined) watchProjections(registers, projections);
      if (jobs !== undefined) watchJobs(registers, jobs);
      if (gateway !== undefined) watchGateway(registers, gateway);
    },
  };
}

function watchProjections(registers: Registry[], projections: Projections): void {
  const labelNames = ['projection', 'version'] as const;
  const seconds = new Gauge({
    name: 'tidings_projection_lag_seconds',
    help: 'How long ago the next event to be projected was appended.',
    labelNames,
    registers,
  });
  const letters = new Gauge({
    name: 'tidings_projection_dead_letters',
    help: 'Streams that wait behind an event that can’t be digested.',
    labelNames,
    registers: [],
  });
  new Gauge({
    name: 'tidings_projection_lag_events',
    help: 'How many events a projection is behind the log.',
    labelNames,
    registers,
    async collect() {
      for (const { name, version, lagEvents, lagSeconds, deadLetters } of await projections.status()) {
        const labels = { projection: name, version: String(version) };
        this.set(labels, lagEvents ?? 0);
        seconds.set(labels, lagSeconds);
        letters.set(labels, deadLetters);
      }
    },
  });
  registers[0]?.registerMetric(letters);
}

function watchJobs(registers: Registry[], jobs: JobQueue): void {
  const age = new Gauge({ name: 'tidings_queue_oldest_age_seconds', help: 'Age of the oldest job that waits.', labelNames: ['queue'], registers });
  new Gauge({
    name: 'tidings_queue_depth',
    help: 'Jobs by queue and state.',
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      for (const queue of jobs.queues()) {
        const { waiting, delayed, active, oldestAgeMs } = await jobs.depth(queue);
        this.set({ queue, state: 'waiting' }, waiting);
        this.set({ queue, state: 'delayed' }, delayed);
        this.set({ queue, state: 'active' }, active);
        age.set({ queue }, oldestAgeMs / 1_000);
      }
    },
  });
}

/** What is counted since the gateway's start is told as a counter, and the rest as gauges. */
function watchGateway(registers: Registry[], gateway: Gateway): void {
  new Gauge({
    name: 'tidings_gateway',
    help: 'What the gateway holds now.',
    labelNames: ['what'],
    registers,
    collect() {
      const { connections, people, watched, channelsCatchingUp, draining } = gateway.stats();
      for (const [what, value] of Object.entries({ connections, people, watched, channelsCatchingUp, draining: draining ? 1 : 0 })) this.set({ what }, value);
    },
  });
  const counter = (name: string, help: string, count: () => Readonly<Record<string, number>>) =>
    new Counter({
      name,
      help,
      labelNames: ['what'],
      registers,
      collect() {
        this.reset(); // the gateway counts
        for (const [what, value] of Object.entries(count())) this.inc({ what }, value);
      },
    });
  counter('tidings_gateway_total', 'What the gateway did since its start.', () => {
    const { framesSent, writes, messagesDelivered, hintsDropped, gapsFound, acknowledged, refused } = gateway.stats();
    return { framesSent, writes, messagesDelivered, hintsDropped, gapsFound, acknowledged, refused };
  });
  counter('tidings_gateway_closed_total', 'Connections that the gateway closed since its start, by why.', () => gateway.stats().closed);
}

function errorFields(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { error: String(error) };
  return {
    error: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: error.cause instanceof Error ? error.cause.message : JSON.stringify(error.cause) }),
  };
}
