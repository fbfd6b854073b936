/** Routes and a listener for tests of the HTTP edge. */
import { z } from 'zod';
import type { Problem } from '../problem.ts';
import type { EdgeFixture } from '../test-fixture.ts';
import { noContent, respond, route, type Route } from './routes.ts';

export const BODY_BYTES_MAX = 1_000;

/** A route with parameters, headers and a body. */
const echo = route({
  method: 'post',
  path: '/v1/things/:id',
  operationId: 'echo',
  summary: 'Echo a text',
  callers: ['person'],
  params: z.strictObject({ id: z.coerce.number().pipe(z.int().min(0)) }),
  query: z.strictObject({ loud: z.enum(['yes']).optional() }),
  headers: z.object({ 'tidings-position': z.string().max(10).optional() }),
  body: z.strictObject({ text: z.string().max(100), tags: z.array(z.string()).optional() }),
  bodyBytesMax: BODY_BYTES_MAX,
  responses: { 200: z.object({ id: z.int(), text: z.string(), by: z.string() }) },
  refusals: ['post-unknown'],
  handle: async ({ params, body, caller }) =>
    params.id === 404 ? { refusal: { code: 'post-unknown' } } : respond(200, { id: params.id, text: body.text, by: caller.person }),
});

export const bodiless = (method: 'get' | 'delete', path: string, handle: () => Promise<void> = async () => undefined): Route =>
  route({
    method,
    path,
    operationId: `${method}Nothing`,
    summary: 'Do nothing',
    callers: ['public'],
    responses: { 204: noContent },
    refusals: [],
    handle: async () => {
      await handle();
      return respond(204);
    },
  });

export async function problemIn(response: Response): Promise<Problem> {
  return (await response.json()) as Problem;
}

export async function echoServer(edge: EdgeFixture, more: Parameters<EdgeFixture['serve']>[1] = {}, routes: readonly Route[] = []) {
  const server = await edge.serve([echo, bodiless('get', '/v1/nothing'), ...routes], more);
  const { token } = await edge.person();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return { server, headers };
}
