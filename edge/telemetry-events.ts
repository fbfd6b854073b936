/** What the edges tell of themselves: one call an occurrence, from which `app/` makes a log line and metrics. Nothing personal is in it. */
import type { RefusalCode } from '../domain/shared/refusals.ts';

export type EdgeEvent =
  | {
      readonly type: 'request-finished';
      readonly method: string;
      /** The route's pattern, not the path that was asked for; undefined where no route answers. */
      readonly route: string | undefined;
      readonly operationId: string | undefined;
      readonly status: number;
      readonly ms: number;
      readonly requestId: string;
      readonly code?: RefusalCode;
      /** The caller went away before the answer was whole. */
      readonly aborted?: true;
    }
  /** An exception: a bug or an outage. */
  | { readonly type: 'request-failed'; readonly operationId: string | undefined; readonly requestId: string; readonly error: unknown }
  /** The limit could not be asked, so the request was let through. */
  | { readonly type: 'limit-unavailable'; readonly limit: string; readonly error: unknown };

export type EdgeReporter = (event: EdgeEvent) => void;
