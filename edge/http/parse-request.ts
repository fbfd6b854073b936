/** Parses the path, the query, the headers and the body of a request. All their faults are reported at once. */
import type { Request } from 'express';
import { z } from 'zod';
import type { EdgeRefusal, Fault } from '../problem.ts';
import { parseBody } from './request-body.ts';
import type { Route, RouteRequest } from './routes.ts';

/** At most this many are listed; the sentence of the problem names the first. */
const FAULTS_MAX = 20;
/** Lists and objects within each other. Bounded, so that later code may walk a body by recursion. */
const BODY_DEPTH_MAX = 64;

type RequestParts = Pick<RouteRequest, 'params' | 'query' | 'headers' | 'body'>;
export type ParsedRequest = { readonly outcome: 'accepted'; readonly parts: RequestParts } | { readonly outcome: 'refused'; readonly refusal: EdgeRefusal };

export function parseRequest({ params, query, headers, body, takes }: Route, request: Request, bytes: Uint8Array): ParsedRequest {
  const json = takes !== undefined ? ({ outcome: 'accepted', value: undefined } as const) : parseBody(bytes, request.get('content-type'));
  if (json.outcome === 'refused') return json;
  if (isDeeperThan(BODY_DEPTH_MAX, json.value)) {
    return { outcome: 'refused', refusal: badRequest([{ at: '/body', message: `must not be nested more than ${BODY_DEPTH_MAX} deep` }]) };
  }
  const declaredHeaders = Object.fromEntries(Object.keys(headers?.shape ?? {}).map((name) => [name, request.get(name)]));
  const path = (params ?? noFields).safeParse(request.params);
  const search = (query ?? noFields).safeParse(request.query);
  const head = (headers ?? noFields).safeParse(declaredHeaders);
  const content = (body ?? noFields).safeParse(body === undefined ? (json.value ?? {}) : json.value);
  if (path.success && search.success && head.success && content.success) {
    return { outcome: 'accepted', parts: { params: path.data, query: search.data, headers: head.data, body: body === undefined ? undefined : content.data } };
  }
  const faults = [faultsOf('path', path), faultsOf('query', search), faultsOf('header', head), faultsOf('body', content)].flat();
  return { outcome: 'refused', refusal: badRequest(faults) };
}

/** Takes at least one fault. */
export function badRequest(faults: readonly Fault[]): EdgeRefusal {
  const [first] = faults;
  return { code: 'bad-request', facts: { detail: `${first?.at}: ${first?.message}` }, faults: faults.slice(0, FAULTS_MAX) };
}

function faultsOf(part: string, { error }: z.ZodSafeParseResult<unknown>): readonly Fault[] {
  return (error?.issues ?? []).map(({ path, message }) => ({ at: [`/${part}`, ...path.map(pointerOf)].join('/'), message }));
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}

const noFields = z.strictObject({});

/** Escapes a step of a JSON pointer (RFC 6901). */
const pointerOf = (step: PropertyKey): string => String(step).replaceAll('~', '~0').replaceAll('/', '~1');
