/**
 * The template engine. Templates are Liquid, written by strangers: their input, the work they may cause and what they may write are
 * bounded, and they reach nothing but their own partials and parameters. This is no port, for it reaches nothing outside; it is here
 * because publishing, requesting, sending and showing a template's content all need the same engine.
 */
import { Liquid, Tag, toValueSync, type Context, type Emitter, type Template } from 'liquidjs';

const PARSE_LIMIT_CHARACTERS = 100_000;
/** Of what a text writes, captures and blocks included, and of what its filters make. */
const MEMORY_LIMIT_CHARACTERS = 1_000_000;
export const RENDERED_TEXT_MAX_CHARACTERS = 262_144;

export type EngineOptions = {
  /** By name. */
  readonly partials: Readonly<Record<string, string>>;
  /** `html`: what a parameter has in it is text, and never markup. */
  readonly format: 'text' | 'html';
  /** Whether a text may name what the parameters don't have. */
  readonly mayLackParameters: boolean;
};

export function createEngine({ partials, format, mayLackParameters }: EngineOptions): Liquid {
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictVariables: !mayLackParameters,
    strictFilters: true,
    parseLimit: PARSE_LIMIT_CHARACTERS,
    memoryLimit: MEMORY_LIMIT_CHARACTERS,
    // Without a prototype: no partial is called `constructor`.
    templates: Object.assign(Object.create(null) as Record<string, string>, partials),
    cache: true,
    ...(format === 'html' && { outputEscape: 'escape' as const }),
  });
  for (const name of FILTERS_BY_PROPERTY) withBoundedProperty(engine, name);
  // The engine's own limit counts what filters make, and not what is written: a loop over a long text would fill the memory.
  const { renderer } = engine;
  const renderTemplates = renderer.renderTemplates.bind(renderer);
  renderer.renderTemplates = (templates: Template[], context: Context, emitter?: Emitter) =>
    renderTemplates(templates, context, emitter ?? boundedEmitter(context));
  return engine;
}

const FILTERS_BY_PROPERTY = ['sort', 'sort_natural', 'map', 'sum', 'where', 'reject', 'group_by', 'has', 'find', 'find_index'];
const PROPERTY_MAX_CHARACTERS = 200;

/** They write out the property's name for each element, or each two: where it is a long list itself, that takes hours, and no limit of the engine's is asked meanwhile. */
function withBoundedProperty(engine: Liquid, name: string): void {
  const filter = engine.filters[name];
  if (typeof filter !== 'function') throw new Error(`The engine has no filter ${name}.`);
  engine.registerFilter(name, function (value: unknown, property: unknown, ...others: unknown[]) {
    const isLong = typeof property === 'string' && property.length > PROPERTY_MAX_CHARACTERS;
    if (isLong || (typeof property === 'object' && property !== null)) throw new Error(`the property that ${name} goes by must be a short text`);
    return filter.call(this, value, property, ...others) as unknown;
  });
}

function boundedEmitter(context: Context): Emitter {
  const emitter = {
    buffer: '',
    write: (written: unknown) => {
      const text = textOf(written);
      context.memoryLimit.use(text.length);
      emitter.buffer += text;
    },
  };
  return emitter;
}

/** As the engine writes values. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  return Array.isArray(value) ? value.map(textOf).join('') : String(value as number);
}

/** The partials that a text names. Throws where it leaves the name to a parameter: then nobody could tell which to bring along. */
export function partialsNamedIn(templates: readonly Template[]): readonly string[] {
  return templates.flatMap((template) => {
    if (!(template instanceof Tag)) return [];
    const { children, name, file } = template as PartialTag;
    const inner = children === undefined ? [] : partialsNamedIn(toValueSync(children.call(template, false, true)) as Template[]);
    if (!PARTIAL_TAGS.includes(name)) return inner;
    if (file === undefined) return inner; // `{% layout none %}`
    if (typeof file !== 'string') throw new Error(`the name of a partial must stand in quotation marks, in line ${lineOf(template)}`);
    return [file, ...inner];
  });
}

/** Of tags that have others within them, or take in a partial. */
type PartialTag = Tag & { readonly children?: (partials: boolean, sync: boolean) => unknown; readonly file?: unknown };

const PARTIAL_TAGS = ['render', 'include', 'layout'];

function lineOf({ token: { input, begin } }: Tag): number {
  return input.slice(0, begin).split('\n').length;
}
