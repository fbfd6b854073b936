/** Finds at the start of the process what would make a listener or its document wrong: routes and parameters that collide, and what operators may do without a role. */
import { operatorActionOf } from './operator-actions.ts';
import type { Fields, Route } from './routes.ts';

type Place = 'path' | 'query' | 'header';

/** Throws on the first collision. */
export function checkRoutes(routes: readonly Route[]): void {
  const operations = new Map<string, string>();
  const endpoints = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const route of routes) {
    const { operationId, method, path } = route;
    claim(operations, operationId, `${method} ${path}`, 'operationId');
    claim(endpoints, `${method} ${path.replaceAll(/:\w+/g, ':')}`, operationId, 'route');
    checkPathParameters(route);
    operatorActionOf(route);
    for (const { id, name, place } of sharedParametersOf(route)) {
      const parameter = `${name} in ${place}`;
      const earlier = parameters.get(id) ?? parameter;
      if (earlier !== parameter) throw new Error(`${operationId}: the parameter ${id} is ${earlier} and ${parameter}; give each its own id`);
      parameters.set(id, parameter);
    }
  }
}

function claim(claimed: Map<string, string>, name: string, by: string, what: string): void {
  const earlier = claimed.get(name);
  if (earlier !== undefined) throw new Error(`duplicate ${what} ${name}: ${earlier} and ${by}`);
  claimed.set(name, by);
}

function checkPathParameters({ operationId, path, params, headers }: Route): void {
  const inPath = Array.from(path.matchAll(/:(\w+)/g), ([, name = '']) => name);
  const names = new Set(inPath);
  if (names.size < inPath.length) throw new Error(`${operationId}: ${path} has a duplicate parameter`);
  const declared = new Set(Object.keys(params?.shape ?? {}));
  if (names.symmetricDifference(declared).size > 0) throw new Error(`${operationId}: ${path} declares the parameters ${[...declared].join(', ')}`);
  const badHeader = Object.keys(headers?.shape ?? {}).find((name) => name !== name.toLowerCase());
  if (badHeader !== undefined) throw new Error(`${operationId}: the header ${badHeader} must be declared in lower case`);
}

/** Parameters with an `id` are components of the document, shared by its operations: one id is one parameter in one place. */
function sharedParametersOf({ params, query, headers }: Route): readonly { readonly id: string; readonly name: string; readonly place: Place }[] {
  const of = (place: Place, fields: Fields | undefined) =>
    Object.entries(fields?.shape ?? {}).flatMap(([name, field]) => {
      const id = field.meta()?.param?.id;
      return id === undefined ? [] : [{ id, name, place }];
    });
  return [...of('path', params), ...of('query', query), ...of('header', headers)];
}
