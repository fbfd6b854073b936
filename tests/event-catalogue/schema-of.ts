/** From the TypeScript types of events and documents to JSON Schema. Only what events and documents are made of is known. */
import { ts } from '@ts-morph/common';
import type { FieldSchema as JsonSchema } from '../../app/analytics/catalogue.ts';

const FORMATS: Readonly<Record<string, string>> = { instant: 'date-time', day: 'date' };

export type SchemaOf = (type: ts.Type) => JsonSchema;

export const createSchemaOf =
  (checker: ts.TypeChecker): SchemaOf =>
  (type) =>
    schemaOf(checker, type, []);

/** `within`: the objects that this one stands in. A type that holds itself is any object where it comes again. */
function schemaOf(checker: ts.TypeChecker, type: ts.Type, within: readonly ts.Type[]): JsonSchema {
  if (within.includes(type)) return { type: 'object' };
  if (type.isUnion()) return ofUnion(checker, type.types, within);
  if (type.isStringLiteral() || type.isNumberLiteral()) return { enum: [type.value] };
  if ((type.flags & ts.TypeFlags.BooleanLiteral) !== 0) return { enum: [checker.typeToString(type) === 'true'] };
  if ((type.flags & ts.TypeFlags.Null) !== 0) return { enum: [null] };
  if ((type.flags & ts.TypeFlags.StringLike) !== 0) return { type: 'string' };
  if ((type.flags & ts.TypeFlags.NumberLike) !== 0) return { type: 'number' };
  if ((type.flags & ts.TypeFlags.BooleanLike) !== 0) return { type: 'boolean' };
  if (type.isIntersection() && type.types.some((part) => (part.flags & ts.TypeFlags.StringLike) !== 0)) return ofBrandedText(checker, type);
  if (checker.isArrayType(type) || checker.isTupleType(type)) return ofList(checker, type as ts.TypeReference, within);
  if ((type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0) return ofObject(checker, type, within);
  return {};
}

/** An id, a moment or a day: text that the compiler can't mistake for another. */
function ofBrandedText(checker: ts.TypeChecker, type: ts.Type): JsonSchema {
  const kind = type.getProperty('kind');
  const brand = kind === undefined ? undefined : checker.getTypeOfSymbol(kind);
  if (brand === undefined || !brand.isStringLiteral()) return { type: 'string' };
  const format = FORMATS[brand.value];
  return format === undefined ? { type: 'string', title: brand.value } : { type: 'string', format };
}

function ofList(checker: ts.TypeChecker, type: ts.TypeReference, within: readonly ts.Type[]): JsonSchema {
  const items = checker.getTypeArguments(type).map((item) => schemaOf(checker, item, [...within, type]));
  return { type: 'array', items: items.length === 1 ? (items[0] ?? {}) : anyOf(items) };
}

function ofObject(checker: ts.TypeChecker, type: ts.Type, within: readonly ts.Type[]): JsonSchema {
  const indexed = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  const fields = checker.getPropertiesOfType(type);
  if (indexed !== undefined && fields.length === 0) return { type: 'object', additionalProperties: schemaOf(checker, indexed, [...within, type]) };
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const field of fields) {
    const fieldType = checker.getTypeOfSymbol(field);
    if (isNever(fieldType)) continue;
    const description = ts.displayPartsToString(field.getDocumentationComment(checker)).replaceAll(/\s+/g, ' ');
    properties[field.name] = { ...schemaOf(checker, fieldType, [...within, type]), ...(description === '' ? {} : { description }) };
    if ((field.flags & ts.SymbolFlags.Optional) === 0) required.push(field.name);
  }
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}

/** A field that is optional and `never` is there only to tell the kinds of a union apart. */
function isNever(type: ts.Type): boolean {
  const types = type.isUnion() ? type.types : [type];
  return types.every((one) => (one.flags & (ts.TypeFlags.Never | ts.TypeFlags.Undefined)) !== 0);
}

function ofUnion(checker: ts.TypeChecker, types: readonly ts.Type[], within: readonly ts.Type[]): JsonSchema {
  const present = types.filter((one) => (one.flags & ts.TypeFlags.Undefined) === 0);
  const plain = present.filter((one) => !isErasedType(checker, one));
  const schema = anyOf(plain.map((one) => schemaOf(checker, one, within)));
  return plain.length < present.length ? { ...schema, personal: true } : schema;
}

/** `Erased` of `domain/shared/event.ts`. */
function isErasedType(checker: ts.TypeChecker, type: ts.Type): boolean {
  const [field, ...others] = checker.getPropertiesOfType(type);
  return field?.name === 'erased' && others.length === 0;
}

function anyOf(schemas: readonly JsonSchema[]): JsonSchema {
  const values = schemas.flatMap((schema) => (isValue(schema) ? (schema.enum ?? []) : []));
  const rest = Array.from(new Map(schemas.filter((schema) => !isValue(schema)).map((schema) => [JSON.stringify(schema), schema])).values());
  const both = values.length === 0 ? rest : [ofValues([...new Set(values)]), ...rest];
  return both.length === 1 ? (both[0] ?? {}) : { anyOf: both };
}

const isValue = (schema: JsonSchema): boolean => schema.enum !== undefined && Object.keys(schema).every((key) => key === 'enum' || key === 'type');

function ofValues(values: NonNullable<JsonSchema['enum']>): JsonSchema {
  if (values.length === 2 && values.every((value) => typeof value === 'boolean')) return { type: 'boolean' };
  const sorted = values.toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
  const [first] = sorted;
  const isOfOneType = first !== null && sorted.every((value) => typeof value === typeof first);
  return isOfOneType ? { type: typeof first, enum: sorted } : { enum: sorted };
}
