/**
 * Templates are Liquid, written by strangers: what they may read and how much work they may make is bounded. No port, for it reaches
 * nothing outside: it stands here because whoever publishes, sends or shows what was made from a template needs the same.
 */
import { Liquid } from 'liquidjs';
import type { Content } from '../../domain/notifications/events.ts';

const PARSE_LIMIT_CHARACTERS = 100_000;
const RENDER_LIMIT_MS = 100;
const MEMORY_LIMIT_UNITS = 1_000_000;

export type TemplateText = { readonly title?: string; readonly body: string };

// No partials, no files: what isn't in the template can't be reached from it.
const engine = new Liquid({
  ownPropertyOnly: true,
  strictVariables: true,
  strictFilters: true,
  parseLimit: PARSE_LIMIT_CHARACTERS,
  renderLimit: RENDER_LIMIT_MS,
  memoryLimit: MEMORY_LIMIT_UNITS,
  templates: {},
});

/** What the engine finds wrong with a template; undefined where it can be used. */
export function faultOfTemplate({ title = '', body }: TemplateText): string | undefined {
  try {
    engine.parse(title);
    engine.parse(body);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

export type Rendered = { readonly content: Content } | { readonly fault: string };

/** A parameter that the template names and the request lacks is a fault, and so is a template that takes too long. */
export async function renderTemplate({ title, body }: TemplateText, parameters: Readonly<Record<string, unknown>>): Promise<Rendered> {
  try {
    const rendered = { body: String(await engine.parseAndRender(body, parameters)) };
    return { content: title === undefined ? rendered : { title: String(await engine.parseAndRender(title, parameters)), ...rendered } };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
