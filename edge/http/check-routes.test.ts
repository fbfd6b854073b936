import test from 'ava';
import { z } from 'zod';
import { checkRoutes } from './check-routes.ts';
import { noContent, respond, route, type Fields, type Method, type Route } from './routes.ts';

type Parts = { readonly operationId?: string; readonly method?: Method; readonly params?: Fields; readonly query?: Fields; readonly headers?: Fields };

const declared = (path: string, { operationId = path, method = 'get', ...fields }: Parts = {}): Route =>
  route({
    method,
    path,
    operationId,
    summary: 'Test',
    callers: ['public'],
    responses: { 204: noContent },
    refusals: [],
    handle: async () => respond(204),
    ...fields,
  });

const id = z.strictObject({ id: z.string() });
const shared = (name: string) =>
  z
    .string()
    .optional()
    .meta({ param: { id: name } });

test('routes that differ in method or path are accepted', (t) => {
  t.notThrows(() => checkRoutes([declared('/a'), declared('/a', { operationId: 'putA', method: 'put' }), declared('/a/:id', { params: id })]));
});

test('two routes with one method and path are refused, whatever their parameters are called', (t) => {
  const other = declared('/a/:name', { operationId: 'other', params: z.strictObject({ name: z.string() }) });
  t.throws(() => checkRoutes([declared('/a/:id', { params: id }), other]), { message: /duplicate route get \/a\/:/ });
});

test('two routes with one operationId are refused', (t) => {
  t.throws(() => checkRoutes([declared('/a', { operationId: 'a' }), declared('/b', { operationId: 'a' })]), { message: /duplicate operationId a/ });
});

test('a path must declare each of its parameters, once, and no others', (t) => {
  t.throws(() => checkRoutes([declared('/a/:id')]), { message: /declares the parameters/ });
  t.throws(() => checkRoutes([declared('/a', { params: id })]), { message: /declares the parameters id/ });
  t.throws(() => checkRoutes([declared('/a/:id/:id', { params: id })]), { message: /duplicate parameter/ });
});

test('a header must be declared in lower case', (t) => {
  t.throws(() => checkRoutes([declared('/a', { headers: z.object({ 'Min-Position': z.string() }) })]), { message: /lower case/ });
});

test('one id for a parameter in the header and in the query is refused: the document would have it twice in one place', (t) => {
  const minPosition = shared('MinPosition');
  const twice = declared('/a', { headers: z.object({ 'min-position': minPosition }), query: z.strictObject({ 'min-position': minPosition }) });
  t.throws(() => checkRoutes([twice]), { message: /MinPosition is min-position in query and min-position in header/ });
  const apart = declared('/a', { headers: z.object({ 'min-position': minPosition }), query: z.strictObject({ 'min-position': shared('MinPositionInQuery') }) });
  t.notThrows(() => checkRoutes([apart, declared('/b', { headers: z.object({ 'min-position': minPosition }) })]));
});
