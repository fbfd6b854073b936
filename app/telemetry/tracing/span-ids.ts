/**
 * The ids of traces and spans follow from what is in the log, so that whoever tells of a part of a story, in whatever process and
 * however late, tells of the same trace: nothing has to be handed on for it.
 */
import { createHash } from 'node:crypto';

/** A UUID, and after it the sender's span, where the trace is a sender's. */
const UUID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-[0-9a-f]{16})?$/;
const [TRACE_DIGITS, SPAN_DIGITS] = [32, 16];

/** A correlation id that begins with a UUID, as nearly all do, tells the trace's id: the UUID without its dashes. */
export function traceIdOf(correlationId: string): string {
  const uuid = uuidOfTrace(correlationId);
  return uuid === undefined ? digestOf('trace', correlationId).slice(0, TRACE_DIGITS) : uuid.replaceAll('-', '');
}

/** All requests of one sender's trace have it in common. */
export const uuidOfTrace = (correlationId: string): string | undefined => UUID.exec(correlationId)?.[1];

/** `of`: what kind of thing the id is of. */
export const spanIdOf = (of: 'request' | 'event' | 'attempt' | 'job' | 'batch', id: string): string => digestOf(of, id).slice(0, SPAN_DIGITS);

/** An attempt to send something, known before there is an event that tells of it. */
export const attemptSpanIdOf = (stream: string, attempt: number): string => spanIdOf('attempt', `${stream} ${attempt}`);

const digestOf = (of: string, id: string): string => createHash('sha256').update(`${of}\n${id}`).digest('hex');
