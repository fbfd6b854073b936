/** From what came over the wire to what a handler works with. All faults of the path, the query, the headers and the body are told at once. */
import type { Request } from 'express';
import { z } from 'zod';
import type { EdgeRefusal, Fault } from '../problem.ts';
import { parseBody } from './request-body.ts';
import type { Route, RouteRequest } from './routes.ts';

/** So many faults are listed; the first one stands in the sentence. */
const FAULTS_MAX = 20;
/** Lists and objects within each other: whatever goes through a body afterwards may do so by recursion. */
const BODY_DEPTH_MAX = 64;

type Parts = Pick<RouteRequest, 'params' | 'query' | 'headers' | 'body'>;
export type ParsedRequest = { readonly outcome: 'accepted'; readonly parts: Parts } | { readonly outcome: 'refused'; readonly refusal: EdgeRefusal };

export function parseRequest({ params, query, headers, body }: Route, request: Request, bytes: Uint8Array): ParsedRequest {
  const json = parseBody(bytes, request.get('content-type'));
  if (json.outcome === 'refused') return json;
  if (isDeeperThan(BODY_DEPTH_MAX, json.value)) {
    return { outcome: 'refused', refusal: badRequest([{ at: '/body', message: `must not be nested more than ${BODY_DEPTH_MAX} deep` }]) };
  }
  const ofHeaders = Object.fromEntries(Object.keys(headers?.shape ?? {}).map((name) => [name, request.get(name)]));
  const path = (params ?? nothing).safeParse(request.params);
  const search = (query ?? nothing).safeParse(request.query);
  const head = (headers ?? nothing).safeParse(ofHeaders);
  const content = (body ?? nothing).safeParse(body === undefined ? (json.value ?? {}) : json.value);
  if (path.success && search.success && head.success && content.success) {
    return { outcome: 'accepted', parts: { params: path.data, query: search.data, headers: head.data, body: body === undefined ? undefined : content.data } };
  }
  const faults = [faultsOf('path', path), faultsOf('query', search), faultsOf('header', head), faultsOf('body', content)].flat();
  return { outcome: 'refused', refusal: badRequest(faults) };
}

/** At least one fault. */
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

const nothing = z.strictObject({});

/** RFC 6901. */
const pointerOf = (step: PropertyKey): string => String(step).replaceAll('~', '~0').replaceAll('/', '~1');
