/** What the engine has to say of a template before it is published. */
import type { Template } from 'liquidjs';
import { textsOf } from '../../domain/notifications/templates/template.ts';
import { createEngine, partialsNamedIn } from './engine.ts';
import { messageOf, type TemplateSource } from './render.ts';

/** Partials that a template uses, those of its partials included, and how deep they may stand in each other. */
const PARTIALS_MAX = 50;
const PARTIALS_DEPTH_MAX_LEVELS = 8;

/** undefined: the app has published no such partial. */
type LoadPartial = (name: string) => Promise<string | undefined>;
type Texts = Pick<TemplateSource, 'defaultLocale' | 'locales' | 'parameters'>;

/** The partials that the template uses, or the first complaint about it. */
export async function collectPartials(
  texts: Texts,
  loadPartial: LoadPartial,
): Promise<{ readonly partials: Record<string, string> } | { readonly fault: string }> {
  const bodies = new Map<string, string>();
  const parse = parser();
  /** How deep each stood at the deepest when all within it was collected: from there on it is known. */
  const depths = new Map<string, number>();

  const collect = async (templates: readonly Template[], within: readonly string[]): Promise<void> => {
    for (const name of new Set(partialsNamedIn(templates))) {
      if (within.includes(name)) throw new Error(`the partial ${name} uses itself, by ${[...within, name].join(', ')}`);
      if (within.length >= PARTIALS_DEPTH_MAX_LEVELS) throw new Error(`partials stand in each other more than ${PARTIALS_DEPTH_MAX_LEVELS} levels deep`);
      if ((depths.get(name) ?? -1) >= within.length) continue;
      const body = bodies.get(name) ?? (await loadPartial(name));
      if (body === undefined) throw new Error(`there is no partial ${name}; publish it first`);
      bodies.set(name, body);
      if (bodies.size > PARTIALS_MAX) throw new Error(`it uses more than ${PARTIALS_MAX} partials`);
      await collect(parse(body), [...within, name]);
      depths.set(name, within.length);
    }
  };

  try {
    for (const { text } of Object.values(texts.locales).flatMap(textsOf)) {
      const templates = parse(text);
      checkDeclared(templates, texts.parameters);
      await collect(templates, []);
    }
    return { partials: Object.fromEntries(bodies) };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

/** The engine's complaint about a partial; undefined where it can be used. */
export function faultOfPartial(body: string): string | undefined {
  try {
    partialsNamedIn(parser()(body));
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function parser(): (text: string) => Template[] {
  const engine = createEngine({ partials: {}, format: 'text', mayLackParameters: false });
  return (text) => engine.parse(text);
}

const analyser = createEngine({ partials: {}, format: 'text', mayLackParameters: false });
/** Of the engine itself, within loops and blocks. */
const GIVEN_NAMES = ['forloop', 'tablerowloop', 'block'];

/** With a schema a parameter may be left out, so a misspelt one would be found by nobody. */
function checkDeclared(templates: Template[], schema: Texts['parameters']): void {
  if (schema === undefined) return;
  const { properties = {} } = schema;
  const undeclared = analyser
    .globalVariablesSync(templates, { partials: false })
    .find((name) => !GIVEN_NAMES.includes(name) && !Object.hasOwn(properties, name));
  if (undeclared !== undefined) throw new Error(`it uses the parameter ${undeclared}, which its schema does not have`);
}
