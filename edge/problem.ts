/** Refusals as RFC 9457 problem details. The catalogue's kinds and the statuses of HTTP meet here and nowhere else. */
import { z } from 'zod';
import type { Refusal } from '../domain/shared/decider.ts';
import { REFUSALS, sentenceOf, type RefusalCode, type RefusalKind } from '../domain/shared/refusals.ts';
import { LogUnavailable } from '../ports/event-log/port.ts';
import { QueueFull } from '../ports/job-queue/port.ts';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';
/** When what is unavailable is worth asking for again, where the refusal itself doesn't say. */
const RETRY_AFTER_SECONDS = 1;

/** `at` is a JSON pointer into the part of the request that is named first: `/body/text`, `/query/limit`. */
export type Fault = { readonly at: string; readonly message: string };

/** A refusal of the edge may also list every fault of the request. */
export type EdgeRefusal = Refusal & { readonly faults?: readonly Fault[] };

export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: RefusalCode;
  readonly facts?: Refusal['facts'];
  readonly faults?: readonly Fault[];
  readonly instance?: string;
};

/** The form of a problem as it is described to clients, with every code there is. */
export const problemSchema = z.object({
  type: z.string().meta({ description: 'A URI that names the kind of problem.' }),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(Object.keys(REFUSALS) as RefusalCode[]).meta({
    description: Object.entries(REFUSALS)
      .map(([code, { sentence }]) => `- \`${code}\`: ${sentence}`)
      .join('\n'),
  }),
  facts: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .optional()
    .meta({ description: 'What the sentence in `detail` is filled in with.' }),
  faults: z
    .array(z.object({ at: z.string(), message: z.string() }))
    .optional()
    .meta({ description: 'Every fault of the request, each with a JSON pointer to where it is.' }),
  instance: z.string().optional().meta({ description: 'The request that was refused.' }),
});

export function problemOf({ code, facts, faults }: EdgeRefusal, requestId?: string): Problem {
  return {
    type: `urn:tidings:problem:${code}`,
    title: titleOf(code),
    status: statusOf(code),
    detail: sentenceOf(code, facts),
    code,
    ...(facts === undefined ? {} : { facts }),
    ...(faults === undefined ? {} : { faults }),
    ...(requestId === undefined ? {} : { instance: `urn:tidings:request:${requestId}` }),
  };
}

export const statusOf = (code: RefusalCode): number => STATUS_OF_CODE[code] ?? statusOfKind(REFUSALS[code].kind);

/** When to ask again, in whole seconds; undefined where asking again would be answered the same. */
export function retryAfterSecondsOf({ code, facts }: Refusal): number | undefined {
  const { kind } = REFUSALS[code];
  if (kind !== 'limited' && kind !== 'unavailable') return undefined;
  const told = facts?.['retryAfterSeconds'];
  return typeof told === 'number' ? told : RETRY_AFTER_SECONDS;
}

/** Something takes no more for the moment; answered as `queue-full`. */
export class TooManyWaiting extends Error {
  override readonly name = 'TooManyWaiting';
}

/** What a caller is told of an exception: outages have codes of their own, and everything else is a bug of ours. */
export function refusalOfError(error: unknown): Refusal {
  if (error instanceof LogUnavailable) return { code: 'log-unavailable' };
  if (error instanceof QueueFull || error instanceof TooManyWaiting) return { code: 'queue-full', facts: { retryAfterSeconds: RETRY_AFTER_SECONDS } };
  return { code: 'internal' };
}

/** Codes for which HTTP has a status of its own. */
const STATUS_OF_CODE: Partial<Record<RefusalCode, number>> = {
  'method-not-allowed': 405,
  'request-too-slow': 408,
  'unsupported-media-type': 415,
  'headers-too-large': 431,
  internal: 500,
};

function statusOfKind(kind: RefusalKind): number {
  switch (kind) {
    case 'malformed':
      return 400;
    case 'unauthenticated':
      return 401;
    case 'forbidden':
      return 403;
    case 'unknown':
      return 404;
    case 'conflict':
      return 409;
    case 'too-large':
      return 413;
    case 'invalid':
      return 422;
    case 'limited':
      return 429;
    case 'unavailable':
      return 503;
  }
}

/** `not-a-friend` is titled 'Not a friend': short, and the same for every occurrence. */
function titleOf(code: RefusalCode): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
