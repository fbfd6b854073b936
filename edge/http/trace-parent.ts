/** The trace that a request belongs to, as its sender says (W3C Trace Context, Level 1, 3.2). */

export type TraceParent = {
  /**
   * The trace's id as a UUID, a dash and the sender's span: the request's id, and so the correlation id of all that follows. One trace may
   * have many requests, of which each comes from another span.
   */
  readonly requestId: string;
  /** The sender's span: 16 hexadecimal digits. */
  readonly span: string;
};

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:$|-)/;

/** Undefined where there is none, or none that can be read. */
export function traceParentOf(header: string | undefined): TraceParent | undefined {
  const [, a, b, c, d, e, span] = TRACEPARENT.exec(header ?? '') ?? [];
  return span === undefined ? undefined : { requestId: `${a}-${b}-${c}-${d}-${e}-${span}`, span };
}
