/**
 * Renders templates. They are Liquid, written by strangers: their input and the work they may cause are bounded. This is no port, for
 * it reaches nothing outside; it is here because publishing, requesting, sending and showing a template's content all need the same
 * engine.
 */
import { Liquid } from 'liquidjs';
import type { RenderedContent } from '../../domain/notifications/content.ts';
import { isBlank } from '../../domain/shared/blank-text.ts';
import { toOneLine } from '../../domain/shared/one-line.ts';

const PARSE_LIMIT_CHARACTERS = 100_000;
const RENDER_LIMIT_MS = 100;
const MEMORY_LIMIT_UNITS = 1_000_000;

export type TemplateText = { readonly title?: string; readonly body: string };

// No partials, no files: a template reaches nothing outside itself and its parameters.
const engine = new Liquid({
  ownPropertyOnly: true,
  strictVariables: true,
  strictFilters: true,
  parseLimit: PARSE_LIMIT_CHARACTERS,
  renderLimit: RENDER_LIMIT_MS,
  memoryLimit: MEMORY_LIMIT_UNITS,
  templates: {},
});

/** The engine's complaint about a template; undefined where it can be used. */
export function faultOfTemplate({ title = '', body }: TemplateText): string | undefined {
  try {
    engine.parse(title);
    engine.parse(body);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * A parameter that the template names and the request lacks is missing, and a template that takes too long to render is at fault. The
 * title is one line, whatever its parameters hold; a title that renders to nothing is left out.
 */
export async function renderTemplate({ title, body }: TemplateText, parameters: Readonly<Record<string, unknown>>): Promise<RenderedContent> {
  try {
    const rendered = { body: String(await engine.parseAndRender(body, parameters)) };
    const line = title === undefined ? '' : toOneLine(String(await engine.parseAndRender(title, parameters)));
    return { content: isBlank(line) ? rendered : { title: line, ...rendered } };
  } catch (error) {
    const missing = missingIn(error);
    return { fault: messageOf(error), ...(missing !== undefined && { missing }) };
  }
}

/** The engine tells the name of a variable only in the error within its error. */
function missingIn(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'UndefinedVariableError') return undefined;
  const { originalError } = error as { readonly originalError?: { readonly variableName?: unknown } };
  return typeof originalError?.variableName === 'string' ? originalError.variableName : undefined;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
