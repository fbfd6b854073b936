/** The quality of the OpenAPI documents, beyond what the validators of `npm run api-docs` judge. */
import test from 'ava';
import { z } from 'zod';
import { OPENAPI_DOCUMENTS, ROUTES } from './documents.ts';

type Parameter = { readonly $ref?: string; readonly name: string; readonly description?: string; readonly schema?: { readonly description?: string } };
type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
};

for (const name of ['write-api', 'read-api'] as const) {
  const document = OPENAPI_DOCUMENTS[name];
  const operations = Object.values(document.paths ?? {}).flatMap((path) => Object.values(path) as Operation[]);

  test(`${name}: each operation has an imperative summary, a description and one declared tag`, (t) => {
    const tags = (document.tags ?? []).map((tag) => tag.name);
    for (const { operationId, summary, description, tags: used = [] } of operations) {
      t.regex(summary, /^[A-Z][a-z]+ .*[^.]$|^Log (in|out)$/, operationId);
      t.notRegex(summary, /^(The|A|An|My|Whether|What|Who|How)\b/, operationId);
      t.regex(description ?? '', /^[A-Z].*\.(\n\n|$)/, operationId);
      t.is(used.length, 1, operationId);
      t.true(tags.includes(used[0] ?? ''), operationId);
    }
    t.deepEqual(
      tags.filter((tag) => !operations.some(({ tags: used }) => used?.includes(tag))),
      [],
      'every declared tag is used',
    );
  });

  test(`${name}: each body and each main response has an example that its schema accepts`, (t) => {
    for (const { operationId, body, responses, produces, example } of ROUTES[name]) {
      if (body !== undefined) t.is(body.safeParse(example?.body).error, undefined, operationId);
      for (const [status, schema] of Object.entries(responses)) {
        if (schema instanceof z.ZodUndefined) continue;
        const response = example?.responses?.[Number(status)] ?? example?.response;
        const bodies = produces === 'text/event-stream' ? eventsIn(String(response)) : [response];
        t.true(bodies.length > 0, operationId);
        for (const one of bodies) t.is(schema.safeParse(one).error, undefined, operationId);
      }
    }
  });

  test(`${name}: each parameter is described`, (t) => {
    const isDescribed = ({ $ref, description, schema }: Parameter) => $ref !== undefined || (description ?? schema?.description) !== undefined;
    for (const { operationId, parameters = [] } of operations) {
      for (const parameter of parameters) t.true(isDescribed(parameter), `${operationId}: ${parameter.name}`);
    }
    for (const [id, parameter] of Object.entries(document.components?.parameters ?? {})) t.true(isDescribed(parameter as Parameter), id);
  });

  test(`${name}: the prose addresses the reader, and nobody is called one or whoever`, (t) => {
    const prose = JSON.stringify(document, (key, value: unknown) => (['enum', 'example', 'examples', 'pattern'].includes(key) ? undefined : value));
    t.deepEqual(
      Array.from(prose.matchAll(/[^.]{0,30}\b(one’s|oneself|whoever|whom one|who asks)\b[^.]{0,30}/gi), ([found]) => found),
      [],
    );
  });
}

/** The events of a stream as the client sees them. */
const eventsIn = (stream: string): unknown[] =>
  Array.from(stream.matchAll(/event: (.*)\ndata: (.*)\n\n/g), ([, event = '', data = '']) => ({ event, data: JSON.parse(data) as unknown }));
