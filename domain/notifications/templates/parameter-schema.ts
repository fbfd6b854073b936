/**
 * What a template expects of a request's parameters, in a small part of JSON Schema: enough to tell an app which of its values is
 * wrong, and nothing that a stranger could make slow, such as regular expressions and references.
 */
import { charactersIn } from '../../shared/text/text.ts';

export const PARAMETER_TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array'] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];
type Scalar = string | number | boolean | null;

export type ParameterSchema = {
  readonly type?: ParameterType;
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly Scalar[];
  /** In characters, of a string. */
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: ParameterSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, ParameterSchema>>;
  readonly required?: readonly string[];
  /** false: nothing but `properties`. */
  readonly additionalProperties?: boolean;
};

export const SCHEMA_DEPTH_MAX_LEVELS = 8;
export const SCHEMA_PROPERTIES_MAX = 200;
export const SCHEMA_ENUM_VALUES_MAX = 200;

/** `path` is written as a template would: `order.items[0].price`; empty for the parameters themselves. */
export type ParameterFault = { readonly path: string; readonly detail: string; readonly isMissing?: true };

/** The first complaint about a schema itself; undefined for one that can be used. */
export function faultOfSchema(schema: unknown): string | undefined {
  if (!isObject(schema) || (schema['type'] !== undefined && schema['type'] !== 'object')) return 'the schema of the parameters must be of type object';
  return faultAt(schema, '', { level: 1, left: { properties: SCHEMA_PROPERTIES_MAX } });
}

/** The first of the parameters that is not as the schema wants it; undefined where all are. */
export const faultOfParameters = (schema: ParameterSchema | undefined, parameters: Readonly<Record<string, unknown>>): ParameterFault | undefined =>
  schema === undefined ? undefined : faultOfValue({ type: 'object', ...schema }, parameters, '');

function faultOfValue(schema: ParameterSchema, value: unknown, path: string): ParameterFault | undefined {
  const fault = (detail: string): ParameterFault => ({ path, detail });
  if (schema.type !== undefined && !isOfType(value, schema.type)) return fault(`must be ${WITH_ARTICLE[schema.type]}`);
  if (schema.enum !== undefined && !schema.enum.some((one) => one === value))
    return fault(`must be one of ${schema.enum.map((one) => JSON.stringify(one)).join(', ')}`);
  if (typeof value === 'string') return lengthFault(charactersIn(value), { min: schema.minLength, max: schema.maxLength }, 'characters', fault);
  if (typeof value === 'number') {
    if (schema.minimum !== undefined && value < schema.minimum) return fault(`must be at least ${schema.minimum}`);
    return schema.maximum !== undefined && value > schema.maximum ? fault(`must be at most ${schema.maximum}`) : undefined;
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    const length = lengthFault(value.length, { min: schema.minItems, max: schema.maxItems }, 'items', fault);
    return length ?? (items && firstOf(value, (item, i) => faultOfValue(items, item, `${path}[${i}]`)));
  }
  return isObject(value) ? faultOfObject(schema, value, path) : undefined;
}

function faultOfObject({ properties = {}, required = [], additionalProperties }: ParameterSchema, value: object, path: string): ParameterFault | undefined {
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return { path: within(path, missing), detail: 'is required', isMissing: true };
  return firstOf(Object.entries(value), ([name, inner]) => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (schema !== undefined) return faultOfValue(schema, inner, within(path, name));
    return additionalProperties === false ? { path: within(path, name), detail: 'is not expected' } : undefined;
  });
}

function lengthFault(
  length: number,
  { min, max }: { readonly min: number | undefined; readonly max: number | undefined },
  unit: string,
  fault: (detail: string) => ParameterFault,
): ParameterFault | undefined {
  if (min !== undefined && length < min) return fault(`must have at least ${min} ${unit}`);
  return max !== undefined && length > max ? fault(`must have at most ${max} ${unit}`) : undefined;
}

type Walk = { readonly level: number; readonly left: { properties: number } };

function faultAt(schema: unknown, path: string, walk: Walk): string | undefined {
  const at = path === '' ? 'the schema of the parameters' : `the schema of ${path}`;
  if (!isObject(schema)) return `${at} must be an object`;
  if (walk.level > SCHEMA_DEPTH_MAX_LEVELS) return `${at} is nested more than ${SCHEMA_DEPTH_MAX_LEVELS} levels deep`;
  for (const [keyword, value] of Object.entries(schema)) {
    const isValid = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (isValid === undefined) return `${at} has the keyword ${keyword}, which is not among ${Object.keys(KEYWORDS).join(', ')}`;
    if (!isValid(value)) return `${at} has a ${keyword} that can’t be used`;
  }
  const { properties = {}, items } = schema as ParameterSchema;
  const inner = { level: walk.level + 1, left: walk.left };
  walk.left.properties -= Object.keys(properties).length;
  if (walk.left.properties < 0) return `the schema of the parameters has more than ${SCHEMA_PROPERTIES_MAX} properties`;
  return (
    firstOf(Object.entries(properties), ([name, one]) => faultAt(one, within(path, name), inner)) ??
    (items === undefined ? undefined : faultAt(items, `${path}[]`, inner))
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isScalar = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value);
const isListOf = (value: unknown, isOne: (one: unknown) => boolean, max: number): boolean =>
  Array.isArray(value) && value.length > 0 && value.length <= max && value.every(isOne);

const KEYWORDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  type: (value) => PARAMETER_TYPES.some((type) => type === value),
  title: isText,
  description: isText,
  enum: (value) => isListOf(value, isScalar, SCHEMA_ENUM_VALUES_MAX),
  minLength: isCount,
  maxLength: isCount,
  minimum: Number.isFinite,
  maximum: Number.isFinite,
  items: isObject,
  minItems: isCount,
  maxItems: isCount,
  properties: isObject,
  required: (value) => Array.isArray(value) && value.length <= SCHEMA_PROPERTIES_MAX && value.every(isText),
  additionalProperties: (value) => typeof value === 'boolean',
};

const WITH_ARTICLE: Readonly<Record<ParameterType, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

function isOfType(value: unknown, type: ParameterType): boolean {
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
  }
}

const within = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

function firstOf<Item>(items: readonly Item[], faultIn: (item: Item, i: number) => string | undefined): string | undefined;
function firstOf<Item>(items: readonly Item[], faultIn: (item: Item, i: number) => ParameterFault | undefined): ParameterFault | undefined;
function firstOf<Item>(items: readonly Item[], faultIn: (item: Item, i: number) => unknown): unknown {
  for (const [i, item] of items.entries()) {
    const fault = faultIn(item, i);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
