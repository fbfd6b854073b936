/** The dependencies of a gateway: its ports, the commands with their needs, and the reports of its errors and refusals. */
import type { Commands } from '../commands/commands.ts';
import type { ContextFor } from '../commands/handling/command-context.ts';
import type { LoadState } from '../commands/handling/handle.ts';
import type { RefusalCode } from '../domain/shared/refusals.ts';
import type { Instant } from '../domain/shared/instant.ts';
import type { Tokens } from '../edge/auth/tokens.ts';
import type { CheckResult } from '../edge/http/health.ts';
import type { UnsentBytes } from '../edge/overload/unsent-bytes.ts';
import type { SecurityEvent } from '../edge/security-events.ts';
import type { CutReason } from '../edge/telemetry-events.ts';
import type { Broadcast } from '../ports/broadcast/port.ts';
import type { CacheTally } from '../ports/cache-tallies.ts';
import type { Codec } from '../ports/event-log/codec.ts';
import type { EventLog, LogEpoch } from '../ports/event-log/port.ts';
import type { GatewayRegistry, Presence } from '../ports/presence/port.ts';
import type { RateLimit } from '../ports/rate-limit/port.ts';
import type { TidingsViews } from '../projections/view-access/tidings-views.ts';

export type GatewayPorts = {
  readonly log: Pick<EventLog, 'readStream'>;
  readonly views: Pick<TidingsViews, 'find' | 'get' | 'getMany'>;
  readonly broadcast: Pick<Broadcast, 'publish' | 'listen' | 'onGap'>;
  readonly presence: Pick<Presence, 'keepAlive' | 'arrive' | 'leave' | 'statusOf' | 'delivered' | 'received' | 'deliveredTo'>;
  readonly registry: Pick<GatewayRegistry, 'announce' | 'withdraw' | 'claimExpired' | 'confirmExpired' | 'remind'>;
  readonly rateLimit: Pick<RateLimit, 'take'>;
};

export type GatewayWriting = {
  readonly commands: Pick<Commands, 'postMessage' | 'editMessage' | 'withdrawMessage' | 'reactToMessage' | 'markRead' | 'changePresence' | 'recordGatewayLoss'>;
  readonly contextFor: ContextFor;
  readonly loadState: LoadState;
  readonly codec: Pick<Codec, 'decodeAll'>;
};

export type GatewayReports = {
  /** An exception: a bug or an outage. The gateway goes on. */
  readonly reportError: (error: unknown) => void;
  /** Called for every frame that is refused. */
  readonly reportRefusal?: (code: RefusalCode) => void;
  /** Called for what the security log has of the gateway: tokens that are refused. */
  readonly reportSecurity?: (event: SecurityEvent) => void;
  /** Called for every connection that is ended because its client takes what others need. */
  readonly reportCut?: (reason: CutReason) => void;
  /** Of what the gateway needs, for `/health/ready`. */
  readonly checks?: () => Promise<readonly CheckResult[]>;
};

export type GatewayDependencies = {
  readonly ports: GatewayPorts;
  readonly writing: GatewayWriting;
  readonly tokens: Pick<Tokens, 'verify' | 'isActive' | 'forget'>;
  /** Of the log; the first where it is absent. */
  readonly epoch?: LogEpoch;
  readonly clock: () => Instant;
  /** Milliseconds of a clock that nobody sets: all durations are measured by it. */
  readonly monotonicMs?: () => number;
  readonly reports: GatewayReports;
  /** Counts what the cache of members had. */
  readonly channelMembers?: CacheTally;
  /** Shared by the listeners of a process; without it the gateway has its own. */
  readonly unsentBytes?: UnsentBytes;
};
