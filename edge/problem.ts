/** Refusals as RFC 9457 problem details. Only here are the kinds of the catalogue mapped to statuses of HTTP. */
import { z } from 'zod';
import type { Refusal } from '../domain/shared/decider.ts';
import { REFUSALS, sentenceOf, type RefusalCode, type RefusalKind } from '../domain/shared/refusals.ts';
import { LogUnavailable } from '../ports/event-log/port.ts';
import { QueueFull } from '../ports/job-queue/port.ts';
import { Outage } from '../ports/outage.ts';
import { ViewsDamaged, ViewsNotReady } from '../ports/views/port.ts';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';
/** The value of `Retry-After` when the refusal doesn't carry one. */
const RETRY_AFTER_SECONDS = 1;

/** `at` is a JSON pointer that begins with a part of the request: `/body/text`, `/query/limit`. */
export type Fault = { readonly at: string; readonly message: string };

/** Besides the refusal, every fault of the request. */
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

const EXAMPLE_PROBLEM: Problem = {
  type: 'urn:tidings:problem:post-unknown',
  title: 'Post unknown',
  status: 404,
  detail: sentenceOf('post-unknown'),
  code: 'post-unknown',
  instance: 'urn:tidings:request:b2a4f6c8-0d1e-4f2a-8b3c-4d5e6f708192',
};

/** The schema of a problem for clients, with every code of the catalogue. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'A URI that names the kind of problem.' }),
    title: z.string().meta({ description: 'The code in words: short, and the same for every occurrence.' }),
    status: z.int().meta({ description: 'The HTTP status of the response.' }),
    detail: z.string().meta({ description: 'A sentence for a person: what happened, and what to do next.' }),
    code: z.enum(Object.keys(REFUSALS) as RefusalCode[]).meta({
      description: Object.entries(REFUSALS)
        .map(([code, { sentence }]) => `- \`${code}\`: ${sentence}`)
        .join('\n'),
    }),
    facts: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .optional()
      .meta({ description: 'The values in the sentence of `detail`.' }),
    faults: z
      .array(z.object({ at: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'Every fault of the request, each with a JSON pointer to its place.' }),
    instance: z.string().optional().meta({ description: 'The id of the refused request, for your report to the operator.' }),
  })
  .meta({ description: 'Why a request was refused (RFC 9457).', examples: [EXAMPLE_PROBLEM] });

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

/** In whole seconds, when a client may try again; undefined when another try would be refused the same way. */
export function retryAfterSecondsOf({ code, facts }: Refusal): number | undefined {
  const { kind } = REFUSALS[code];
  if (kind !== 'limited' && kind !== 'unavailable') return undefined;
  const stated = facts?.['retryAfterSeconds'];
  return typeof stated === 'number' ? stated : RETRY_AFTER_SECONDS;
}

/** The queue for hashing passwords is full; answered as `queue-full`. (`QueueFull` is the job queue's.) */
export class PasswordQueueFull extends Error {
  override readonly name = 'TooManyWaiting';
}

/** The refusal that a client gets for an exception: outages have their own codes, and everything else is a bug of ours. */
export function refusalOfError(error: unknown): Refusal {
  if (error instanceof LogUnavailable) return { code: 'log-unavailable' };
  if (error instanceof QueueFull || error instanceof PasswordQueueFull) return { code: 'queue-full', facts: { retryAfterSeconds: RETRY_AFTER_SECONDS } };
  if (error instanceof ViewsNotReady) return { code: 'views-not-ready' };
  if (error instanceof ViewsDamaged) return { code: 'views-damaged' };
  if (error instanceof Outage) return { code: 'store-unavailable' };
  return { code: 'internal-error' };
}

/** Codes for which HTTP has its own status. */
const STATUS_OF_CODE: Partial<Record<RefusalCode, number>> = {
  'method-not-allowed': 405,
  'request-too-slow': 408,
  'unsupported-media-type': 415,
  'headers-too-large': 431,
  'internal-error': 500,
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

/** The title of `not-a-friend` is 'Not a friend': short, and the same for every occurrence. */
function titleOf(code: RefusalCode): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
