/**
 * What may be shown of a document of the views to who may not see personal data. The log says of each field whether it is personal;
 * a document doesn't. So this names what can't be: ids, moments, numbers, truths and words of ours. All other text is left out.
 */
import type { FieldSchema } from './catalogue.ts';

/** Texts that the compiler keeps apart from others. A new kind is not shown before somebody has said here that it names nobody and opens nothing. */
const SHOWN_KINDS = new Set(
  'app app-key campaign case channel code delivery device digest endpoint export factor friendship invitation-link list local-time media notification operator person post position schedule scheduled-message scheduled-post template'.split(
    ' ',
  ),
);

export function withoutWords(document: Readonly<Record<string, unknown>>, { properties = {} }: FieldSchema): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(document).flatMap(([name, value]) => {
      const schema = properties[name];
      const shown = schema === undefined ? undefined : shownOf(value, schema);
      return shown === undefined ? [] : [[name, shown] as const];
    }),
  );
}

/** Whether anything of such a field is ever shown. */
export function isShown(schema: FieldSchema): boolean {
  if (schema.personal === true) return false;
  if (schema.enum !== undefined) return schema.enum.some((value) => value !== null);
  if (schema.anyOf !== undefined) return schema.anyOf.some(isShown);
  if (schema.type === 'string') return schema.format !== undefined || (schema.title !== undefined && SHOWN_KINDS.has(schema.title));
  if (schema.type === 'array') return schema.items !== undefined && isShown(schema.items);
  return schema.type === 'number' || schema.type === 'boolean';
}

/** Undefined: it isn't shown. Of a list with other things, what may be shown. An object may hold anything, and isn't shown. */
function shownOf(value: unknown, schema: FieldSchema): unknown {
  if (!isShown(schema) || value === null || value === undefined) return undefined;
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    return items === undefined ? undefined : value.flatMap((item) => shownOf(item, items) ?? []);
  }
  if (typeof value === 'object') return undefined;
  return typeof value !== 'string' || isNamed(value, schema) ? value : undefined;
}

function itemsOf(schema: FieldSchema): FieldSchema | undefined {
  return schema.type === 'array' ? schema.items : schema.anyOf?.find(({ type }) => type === 'array')?.items;
}

/** Text that the schema has as an id, a moment or a word of ours. Where it may be free text as well, only the words of ours can be told apart. */
function isNamed(value: string, schema: FieldSchema): boolean {
  const kinds = schema.anyOf ?? [schema];
  if (kinds.some((kind) => kind.enum?.includes(value) === true)) return true;
  const texts = kinds.filter(({ type, enum: values }) => type === 'string' && values === undefined);
  return texts.length > 0 && texts.every(isShown);
}
