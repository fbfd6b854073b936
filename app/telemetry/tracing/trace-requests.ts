/** The span of a request, told when it is over. */
import type { EdgeEvent } from '../../../edge/telemetry-events.ts';
import { spanIdOf } from './span-ids.ts';
import type { Tracing } from './tracing.ts';

const SERVER_FAULT = 500;
/** Paths of machines that look whether a process is there. */
const UNTRACED = /^\/(health|metrics)/;

export function traceRequest(
  { span, nowMs }: Pick<Tracing, 'span' | 'nowMs'>,
  api: string,
  { method, route = 'none', operationId, status, ms, requestId, parentSpan, code }: Extract<EdgeEvent, { type: 'request-finished' }>,
): void {
  if (UNTRACED.test(route)) return;
  const endMs = nowMs();
  span({
    correlationId: requestId,
    id: spanIdOf('request', requestId),
    parent: parentSpan,
    name: `${method} ${route}`,
    kind: 'server',
    startMs: endMs - ms,
    endMs,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
      'tidings.api': api,
      'tidings.correlation_id': requestId,
      ...(operationId !== undefined && { 'tidings.operation': operationId }),
      ...(code !== undefined && { 'tidings.refusal': code }),
    },
    failed: status >= SERVER_FAULT,
  });
}
