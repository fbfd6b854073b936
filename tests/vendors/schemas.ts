/**
 * What vendors publish of their APIs, against which the simulators hold both our requests and their own answers. `schemas/` has what
 * Twilio, SendGrid and Vonage publish, cut down to the calls that are made here.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Schema = Readonly<Record<string, unknown>>;

export type Operation = {
  /** What is wrong with it, in words; none: it is as the vendor says. Properties that the vendor doesn't name are wrong. */
  readonly request: (value: unknown) => readonly string[];
  readonly answer: (status: number, value: unknown) => readonly string[];
};

/** What is wrong with a value by one of the schemas that an OpenAPI document names, where an operation leaves open which of several holds. */
export function componentOf(file: string, name: string): (value: unknown) => readonly string[] {
  const { check } = openDocument(file);
  return (value) => check(['components', 'schemas', name], value);
}

/** Of an OpenAPI document in `schemas/`. The values of a form are text: they are taken for what the schema says they stand for. */
export function operationOf(file: string, path: string, method: 'get' | 'post'): Operation {
  const { document, check } = openDocument(file);
  const operation = at(document, ['paths', path, method]);

  const resolve = (schema: Schema, pointer: readonly string[]): readonly [Schema, readonly string[]] => {
    if (typeof schema['$ref'] !== 'string') return [schema, pointer];
    const parts = schema['$ref'].slice(2).split('/');
    return resolve(at(document, parts), parts);
  };
  const contentOf = (schema: Schema, pointer: readonly string[]): readonly string[] => {
    const [found, where] = resolve(schema, pointer);
    const [type] = Object.keys((found['content'] ?? {}) as Schema);
    return type === undefined ? [] : [...where, 'content', type, 'schema'];
  };

  return {
    request: (value) => {
      const pointer = contentOf(at(operation, ['requestBody']), ['paths', path, method, 'requestBody']);
      const [schema] = resolve(at(document, pointer), pointer);
      const known = Object.keys((schema['properties'] ?? {}) as Schema);
      const unknown = Object.keys((value ?? {}) as Schema).filter((name) => !known.includes(name));
      return [...check(pointer, value), ...unknown.map((name) => `/${name} is no property`)];
    },
    answer: (status, value) => {
      const responses = (operation['responses'] ?? {}) as Readonly<Record<string, Schema>>;
      const response = responses[String(status)];
      if (response === undefined) return [`${status} is no answer`];
      const pointer = contentOf(response, ['paths', path, method, 'responses', String(status)]);
      return pointer.length === 0 ? [] : check(pointer, value);
    },
  };
}

function openDocument(file: string) {
  const document = JSON.parse(readFileSync(join(import.meta.dirname, 'schemas', file), 'utf8')) as Schema;
  const ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: true });
  addFormats.default(ajv);
  ajv.addFormat('phone-number', /^(\+[1-9]\d{1,14}|[A-Za-z0-9 ]{1,11})$/);
  ajv.addFormat('date-time-rfc-2822', { validate: (text: string) => !Number.isNaN(Date.parse(text)) });
  ajv.addFormat('currency', /^[A-Za-z]{3}$/);
  for (const format of ['uri-map', 'vcard', 'vcal']) ajv.addFormat(format, true);
  ajv.addSchema(document, 'document');
  const check = (pointer: readonly string[], value: unknown): readonly string[] => {
    const valid = ajv.getSchema(`document#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`);
    if (valid === undefined) throw new Error(`${file} has no ${pointer.join(' ')}.`);
    if (valid(structuredClone(value)) === true) return [];
    return (valid.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
  };
  return { document, check };
}

const at = (value: Schema, path: readonly string[]): Schema => path.reduce((inner, part) => (inner[part] ?? {}) as Schema, value);
