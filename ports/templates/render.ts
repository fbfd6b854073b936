/**
 * Renders templates. They are Liquid, written by strangers: their input and the work they may cause are bounded. This is no port, for
 * it reaches nothing outside; it is here because publishing, sending and showing a template's content all need the same engine.
 */
import { Liquid } from 'liquidjs';
import type { Content } from '../../domain/notifications/events.ts';

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

export type Rendered = { readonly content: Content } | { readonly fault: string };

/** A parameter that the template names and the request lacks is a fault, and so is a template that takes too long to render. */
export async function renderTemplate({ title, body }: TemplateText, parameters: Readonly<Record<string, unknown>>): Promise<Rendered> {
  try {
    const rendered = { body: String(await engine.parseAndRender(body, parameters)) };
    return { content: title === undefined ? rendered : { title: String(await engine.parseAndRender(title, parameters)), ...rendered } };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
