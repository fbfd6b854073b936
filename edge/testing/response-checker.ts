/** Checks the responses of a running server against its own OpenAPI document: the status, the media type, the headers, and every field of the body. */
import { z } from 'zod';

export type ResponseChecker = {
  /** Each difference from the document; empty when the response conforms. */
  faultsOf(request: { readonly method: string; readonly path: string }, response: Response, body: string): readonly string[];
  /** The operations that have responded with success (2xx). */
  readonly coveredOperations: ReadonlySet<string>;
  /** Every operation of the document. */
  readonly operations: readonly string[];
};

type Json = { readonly [field: string]: Json | undefined } & { readonly length?: never };
type DocumentedResponse = { readonly description?: string; readonly headers?: Json; readonly content?: Readonly<Record<string, { readonly schema: Json }>> };
type Operation = { readonly operationId: string; readonly responses: Readonly<Record<string, DocumentedResponse>> };
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>; readonly components?: Json };

/** Reads the document from the server that it describes. */
export async function createResponseChecker(url: string): Promise<ResponseChecker> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  const coveredOperations = new Set<string>();
  const validators = new Map<object, z.ZodType>();
  const validatorOf = (schema: Json) => {
    const known = validators.get(schema) ?? schemaIn(document, schema);
    validators.set(schema, known);
    return known;
  };
  return {
    operations: Object.values(document.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId)),
    coveredOperations,
    faultsOf: ({ method, path }, { status, headers }, body) => {
      const operation = operationOf(document, method, path);
      if (operation === undefined) return status === 404 || status === 405 ? [] : [`${method} ${path} is not in the document`];
      const documented = operation.responses[String(status)];
      const where = `${operation.operationId} ${status}`;
      if (documented === undefined) return [`${where} is not in the document: ${body}`];
      if (status < 400) coveredOperations.add(operation.operationId);
      return [
        ...headerFaults(withoutRefs(documented.headers ?? {}, document) as Json, headers),
        ...(method === 'HEAD' ? [] : bodyFaults(documented, headers, body, validatorOf)),
      ].map((fault) => `${where}: ${fault}`);
    },
  };
}

/** A validator of a schema of the document, whose references are resolved in it. */
export const schemaIn = (document: object, schema: object): z.ZodType =>
  z.fromJSONSchema(withoutRefs(schema, document) as Parameters<typeof z.fromJSONSchema>[0]);

function operationOf(document: Document, method: string, path: string): Operation | undefined {
  const pathname = path.split('?')[0] ?? '';
  const matches = Object.keys(document.paths).filter((template) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname));
  const [closest] = matches.toSorted((one, other) => one.split('{').length - other.split('{').length);
  return closest === undefined ? undefined : document.paths[closest]?.[method.toLowerCase()];
}

function headerFaults(documented: Json, headers: Headers): readonly string[] {
  return Object.entries(documented)
    .filter(([name, header]) => (header as { readonly required?: boolean }).required === true && !headers.has(name))
    .map(([name]) => `the header ${name} is missing`);
}

function bodyFaults({ content }: DocumentedResponse, headers: Headers, body: string, validatorOf: (schema: Json) => z.ZodType): readonly string[] {
  if (content === undefined) return body === '' ? [] : [`has a body: ${body}`];
  const mediaType = headers.get('content-type')?.split(';')[0] ?? 'none';
  const schema = content[mediaType]?.schema;
  if (schema === undefined) return [`is ${mediaType}`];
  if (/^(text|image)\//.test(mediaType)) return [];
  const { error } = validatorOf(schema).safeParse(JSON.parse(body));
  return error === undefined ? [] : [`${z.prettifyError(error)} in ${body}`];
}

function withoutRefs(value: unknown, document: object): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutRefs(one, document));
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value && typeof value.$ref === 'string') {
    const target = value.$ref
      .split('/')
      .slice(1)
      .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], document);
    return withoutRefs(target, document);
  }
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withoutRefs(field, document)]));
}
