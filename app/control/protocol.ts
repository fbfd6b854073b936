/**
 * The protocol between the command line and a process, over the control socket, or over HTTP with a prefix and an operator's token:
 * `POST /v1/<operation>` with a JSON object, answered with one JSON value a line, and empty lines where nothing happens for long. A
 * response is complete with its end line; a response without one has failed.
 */
import { z } from 'zod';
import { PLATFORMS, SENT_CHANNELS, type Platform, type SentChannel } from '../../domain/people/notification-channels.ts';
import type { RoutingState } from '../../domain/notifications/routing/routing.ts';
import type { ActingOperator } from '../../domain/operators/roles.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { channelId, personId } from '../../edge/fields.ts';
import { REASON_HEADER } from '../../edge/http/operator-actions.ts';
import type { ScavengeResult } from '../../event-store/store.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { isPosition } from '../../ports/event-log/position.ts';
import type { OutboxMessage } from '../../ports/sender/port.ts';
import type { RebuildOutcome } from '../../projections/rollout/projector-rollout.ts';
import type { ProjectionStatus } from '../../projections/rollout/start-projections.ts';
import type { ChatPushExplanation } from '../../workers/chat/chat-push-checks.ts';
import { appRequests, type AppLines } from './apps/protocol.ts';
import type { LogLine } from './log-line.ts';
import { analyticsRequests, type AnalyticsLines } from './analytics/protocol.ts';
import { backupRequests, type BackupLines } from './backup/protocol.ts';
import { importRequests, type ImportLines } from './imports/protocol.ts';
import { listRequests, type ListLines } from './lists/protocol.ts';
import { migrateRequests, type MigrateLines } from './migrate/protocol.ts';
import { moderationRequests, type ModerationLines } from './moderation/protocol.ts';
import { LISTED_MAX, notificationRequests, type NotificationLines } from './notifications/protocol.ts';
import { processRequests, type ProcessLines } from './processes/protocol.ts';
import { traceRequests, type TraceLines } from './tracing/protocol.ts';
import { retentionRequests, type RetentionLines } from './retention/protocol.ts';
import { scheduleRequests, type ScheduleLines } from './schedules/protocol.ts';
import { operatorRequestSchemas, type OperatorResponseLines } from './operators/protocol.ts';

/** Before the path, on a listener that serves other things as well. */
export const HTTP_PREFIX = '/control';
/** Why an operator asks for an operation, percent-encoded. */
export const CONTROL_REASON_HEADER = REASON_HEADER;
/** How often a process says at least that it is there. */
export const KEEP_ALIVE_MS = 10_000;

const NAME_CHARACTERS_MAX = 1_000;
const SET_ASIDE_REASON_CHARACTERS_MAX = 1_000;
const TYPES_MAX = 1_000;

const name = z.string().min(1).max(NAME_CHARACTERS_MAX);
const count = z.number().int().positive();
const position = z.custom<Position>((value) => typeof value === 'string' && isPosition(value), 'a position');
const channel = z.enum(SENT_CHANNELS);

/** See `Behaviour` and `Extent` of the outbox. */
const behaviour = z.discriminatedUnion('does', [
  z.strictObject({ does: z.literal('accept-slowly'), latencyMs: count }),
  z.strictObject({ does: z.literal('reject'), reason: name }),
  z.strictObject({ does: z.literal('limit-rate'), retryAfterMs: count }),
  z.strictObject({ does: z.enum(['accept', 'lose-endpoint', 'refuse-account', 'be-unavailable', 'hang', 'drop-connection', 'lose-answer']) }),
]);
const extent = z.union([
  z.strictObject({ messages: count }),
  z.strictObject({ forMs: count }),
  z.strictObject({ chance: z.number().min(0).max(1), seed: z.number().int() }),
]);

/** What it may be otherwise, its decider says. */
const routingRule = z.strictObject({
  channel,
  platforms: z.array(z.enum(PLATFORMS)).optional(),
  countries: z.array(name).optional(),
  vendors: z.array(z.strictObject({ vendor: name, weight: z.number().optional() })),
});

/** The request of each operation. */
export const requestSchemas = {
  'log-head': z.strictObject({ log: name.optional() }),
  'read-log': z.strictObject({
    /** The name of a log; needed where there are several, unless a stream is read. */
    log: name.optional(),
    stream: name.optional(),
    /** Inclusive: a revision with a stream, else a position. Forwards only. */
    from: z.union([z.number().int().min(0), position]).optional(),
    /** Exclusive, instead of `from`, without a stream. */
    after: position.optional(),
    types: z.array(name).min(1).max(TYPES_MAX).optional(),
    limit: count.optional(),
    direction: z.enum(['forwards', 'backwards']),
    until: z.enum(['head', 'stopped']),
    personal: z.enum(['hidden', 'revealed']),
  }),
  ...traceRequests,
  ...analyticsRequests,
  'list-projections': z.strictObject({}),
  'rebuild-projection': z.strictObject({ projection: name }),
  'list-dead-letters': z.strictObject({ projection: name.optional() }),
  /** Without a stream: all streams of the projection. */
  'resolve-dead-letters': z.strictObject({ projection: name, stream: name.optional(), how: z.enum(['retried', 'skipped']) }),
  ...backupRequests,
  ...migrateRequests,
  ...retentionRequests,
  'scavenge-store': z.strictObject({ compact: z.boolean() }),
  'verify-store': z.strictObject({}),
  /** The position, or its offset, as the error names it. */
  'set-aside-event': z.strictObject({ position: z.union([z.number().int().min(0), position]), reason: z.string().min(1).max(SET_ASIDE_REASON_CHARACTERS_MAX) }),
  'list-outbox': z.strictObject({ channel: channel.optional(), limit: count.max(LISTED_MAX) }),
  'behave-outbox': z.strictObject({ channel, behaviour, extent: extent.optional() }),
  ...notificationRequests,
  ...listRequests,
  ...scheduleRequests,
  ...moderationRequests,
  ...importRequests,
  ...appRequests,
  ...processRequests,
  'list-senders': z.strictObject({}),
  'check-senders': z.strictObject({}),
  'show-routing': z.strictObject({}),
  'set-routing': z.strictObject({ rules: z.array(routingRule) }),
  'plug-vendor': z.strictObject({ vendor: name, plug: z.enum(['in', 'out']) }),
  ...operatorRequestSchemas,
  /** Without a seq: about the newest message of the channel. */
  'explain-push': z.strictObject({ person: personId, channel: channelId, seq: z.number().int().min(0).optional() }),
} as const;

export type OperationName = keyof typeof requestSchemas;
export type OperationRequest<Name extends OperationName> = z.infer<(typeof requestSchemas)[Name]>;

export type ProjectionLine = Omit<ProjectionStatus, 'kind' | 'version' | 'state' | 'position' | 'error' | 'lagSeconds' | 'failingSeconds' | 'isBuilt'> & {
  /** `reaction`: a reactor or a process, of which only the checkpoint is known. */
  readonly kind: ProjectionStatus['kind'] | 'reaction';
  readonly version: number | null;
  /** `elsewhere`: not in the process that was asked, of which only the checkpoint is known. */
  readonly state: ProjectionStatus['state'] | 'elsewhere';
  readonly position: Position | null;
  readonly lagSeconds: number | null;
  readonly error: string | null;
};

export type DeadLetterLine = {
  readonly projection: string;
  /** `inbox@2`: a rebuild has lists of its own. */
  readonly runner: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
  readonly waiting: number;
  readonly at: Instant;
  readonly error: string;
};

/** `requested`: the request is in the log, and the projection acts on it once it runs. */
export type ResolvedLine = Pick<DeadLetterLine, 'projection' | 'runner' | 'stream' | 'revision'> & {
  readonly outcome: 'resolved' | 'failed-again' | 'requested';
  readonly error: string | null;
};

/** Positions looked at and events removed so far, of a log that ended at `head`. */
export type ScavengeProgress = { readonly looked: number; readonly removed: number; readonly head: number };

/** `platforms`: null where it serves all, or is no push service. */
export type SenderLine = {
  readonly vendor: string;
  readonly channel: SentChannel;
  readonly platforms: readonly Platform[] | null;
  readonly pluggedIn: boolean;
  /** In the process that is asked; each has its own. */
  readonly breaker: 'open' | 'closed';
};

export type CheckLine = Pick<SenderLine, 'vendor' | 'channel'> & { readonly outcome: 'accepted' | 'refused' | 'not-checked'; readonly reason: string | null };

export type RoutingLine = RoutingState;

/** The lines of each operation's response. */
export type ResponseLines = NotificationLines &
  AnalyticsLines &
  TraceLines &
  BackupLines &
  MigrateLines &
  RetentionLines &
  ScheduleLines &
  ModerationLines &
  ImportLines &
  AppLines &
  ProcessLines &
  ListLines &
  OperatorResponseLines & {
    readonly 'log-head': { readonly head: Position | null };
    readonly 'read-log': LogLine;
    readonly 'list-projections': ProjectionLine;
    readonly 'rebuild-projection':
      | { readonly is: 'progress'; readonly runner: string; readonly state: ProjectionStatus['state']; readonly lagEvents: number; readonly logEvents: number }
      | { readonly is: 'result'; readonly outcome: RebuildOutcome };
    readonly 'list-dead-letters': DeadLetterLine;
    readonly 'resolve-dead-letters': ResolvedLine;
    readonly 'scavenge-store': ({ readonly is: 'progress' } & ScavengeProgress) | ({ readonly is: 'result' } & ScavengeResult);
    /** Null: this process has no such files, or not all of them can be read. `damage`: a sentence for each thing that isn't as it was written. */
    readonly 'verify-store':
      | { readonly is: 'progress' }
      | {
          readonly is: 'result';
          readonly events: number | null;
          readonly documents: number | null;
          readonly records: number | null;
          readonly damage: readonly string[];
        };
    /** Which event it was, as far as the damage lets one know; and where the log tells of it. */
    readonly 'set-aside-event': {
      readonly position: number;
      readonly stream: string | null;
      readonly revision: number | null;
      readonly noticePosition: number;
    };
    readonly 'list-outbox': OutboxMessage;
    readonly 'behave-outbox': { readonly done: true };
    readonly 'list-senders': SenderLine;
    readonly 'check-senders': CheckLine;
    readonly 'show-routing': RoutingLine;
    readonly 'set-routing': RoutingLine;
    readonly 'plug-vendor': RoutingLine;
    readonly 'explain-push': ChatPushExplanation;
  };

/** Whole lines of a response, in UTF-8. */
export type EncodedLines = Uint8Array;

/** What may be read on a thread of its own, which encodes its lines. */
type Encodable = 'export-log' | 'export-view' | 'diff-builds' | 'back-up';

/** A process has the operations that it can do: one that runs the event store and nothing else has the store's alone. */
export type ControlOperations = {
  readonly [Name in OperationName]?: (
    request: OperationRequest<Name>,
    signal: AbortSignal,
    by: ActingOperator,
  ) => AsyncIterable<ResponseLines[Name] | (Name extends Encodable ? EncodedLines : never)>;
};

/** The last line of a complete response. */
export type EndLine = { readonly $end: 'done' } | { readonly $end: 'failed'; readonly code: FailureCode; readonly message: string };

/** `bad-request`: the request is wrong. `forbidden`: the operator's role doesn't allow it. `unknown`: what it names does not exist. `failed`: everything else. */
export type FailureCode = 'bad-request' | 'forbidden' | 'unknown' | 'failed';

export class ControlFailure extends Error {
  override readonly name = 'ControlFailure';
  readonly code: FailureCode;
  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const pathOf = (operation: OperationName): string => `/v1/${operation}`;

export const operationOfPath = (path: string): OperationName | undefined =>
  (Object.keys(requestSchemas) as OperationName[]).find((known) => pathOf(known) === path);
