/** The telemetry of the HTTP edges: one event an occurrence, which `app/` turns into a log line and metrics. They hold nothing personal. */
import type { RefusalCode } from '../domain/shared/refusals.ts';
import type { SecurityEvent } from './security-events.ts';

/**
 * Why a connection was ended: too many connections of one address, too many requests sent ahead of their responses, a client that took
 * nothing for too long, or too many bytes that wait for all clients together; a body that came too slowly while many others came.
 */
export type CutReason = 'address-connections' | 'pipelined' | 'stalled' | 'unsent-bytes' | 'received-bytes';

export type EdgeEvent =
  | {
      readonly type: 'request-finished';
      readonly method: string;
      /** The pattern of the route, not the path of the request; undefined when no route matched. */
      readonly route: string | undefined;
      readonly operationId: string | undefined;
      readonly status: number;
      readonly ms: number;
      readonly requestId: string;
      readonly code?: RefusalCode;
      /** Of whoever asked, in the trace that the request's id names. */
      readonly parentSpan?: string;
      /** The client disconnected before it had the whole response. */
      readonly aborted?: true;
    }
  /** An exception: a bug or an outage. */
  | { readonly type: 'request-failed'; readonly operationId: string | undefined; readonly requestId: string; readonly error: unknown }
  | { readonly type: 'connection-cut'; readonly reason: CutReason }
  /** What a vendor's request told, by what came of it. */
  | { readonly type: 'callbacks-recorded'; readonly vendor: string; readonly counts: Readonly<Record<string, number>> }
  /** A request that is not the vendor's, or stale. */
  | { readonly type: 'callback-refused'; readonly vendor: string; readonly reason: string }
  | { readonly type: 'security'; readonly security: SecurityEvent }
  /** The rate limiter could not be reached, so the request was let through. */
  | { readonly type: 'limit-unavailable'; readonly limit: string; readonly error: unknown };

export type EdgeReporter = (event: EdgeEvent) => void;
