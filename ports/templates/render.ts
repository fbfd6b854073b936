/** Renders a version of a template: from its texts in the reader's language, with a request's parameters, to content. */
import type { Liquid, Template } from 'liquidjs';
import type { RenderedContent } from '../../domain/notifications/content.ts';
import type { Content } from '../../domain/notifications/request-fields.ts';
import type { TemplateTexts, TemplateVersion } from '../../domain/notifications/templates/events.ts';
import { chooseLocale } from '../../domain/notifications/templates/locale.ts';
import { faultOfParameters } from '../../domain/notifications/templates/parameter-schema.ts';
import { isBlank } from '../../domain/shared/text/blank-text.ts';
import { toOneLine } from '../../domain/shared/text/one-line.ts';
import { createEngine, RENDERED_TEXT_MAX_CHARACTERS } from './engine.ts';
import { inlineStyles } from './inline-styles.ts';

/** Of all texts of one rendering together, so that no template keeps a process from its other work. */
const RENDER_LIMIT_MS = 250;
/** As the engine complains. */
const OVER_TIME = /render limit exceeded/;
const URL_MAX_CHARACTERS = 2_048;

export type TemplateSource = Pick<TemplateVersion, 'defaultLocale' | 'locales' | 'partials' | 'parameters'>;

export type CompiledTemplate = {
  /**
   * `language`: of the reader, in the spelling of `languageOf`. A text that can't be rendered in it is rendered in the template's own. A
   * parameter that the template names and the request lacks is missing, one that its schema refuses is invalid, and a template that takes
   * too long to render is at fault. Titles are one line, whatever the parameters hold; one that renders to nothing is left out.
   */
  render(parameters: Readonly<Record<string, unknown>>, options?: { readonly language?: string }): Promise<RenderedContent & { readonly locale?: string }>;
};

export function compileTemplate(source: TemplateSource): CompiledTemplate {
  const { partials, parameters: schema, defaultLocale, locales } = source;
  const mayLackParameters = schema !== undefined;
  const [plain, html] = (['text', 'html'] as const).map((format) => parsing(createEngine({ partials, format, mayLackParameters }))) as [Parsing, Parsing];

  const renderIn = async (locale: string, parameters: object): Promise<RenderedContent & { readonly locale?: string }> => {
    try {
      const texts = locales[locale];
      if (texts === undefined) return { fault: `it has no text in ${locale}` };
      return { locale, content: await contentOf(texts, { plain: plain(parameters), html: html(parameters) }) };
    } catch (error) {
      const missing = missingIn(error);
      return { fault: messageOf(error), ...(missing !== undefined && { missing }) };
    }
  };

  /** A busy machine takes time too, and a message is not to fail for it: what was too slow is tried once more. */
  const renderTwice = async (locale: string, parameters: object) => {
    const rendered = await renderIn(locale, parameters);
    return 'fault' in rendered && OVER_TIME.test(rendered.fault) ? renderIn(locale, parameters) : rendered;
  };

  return {
    render: async (parameters, { language } = {}) => {
      const invalid = faultOfParameters(schema, parameters);
      if (invalid !== undefined) {
        const { path, detail, isMissing } = invalid;
        return { fault: `${path} ${detail}`, ...(isMissing === true ? { missing: path } : { invalid: { path, detail } }) };
      }
      const locale = chooseLocale(source, language);
      const rendered = await renderTwice(locale, parameters);
      return 'content' in rendered || locale === defaultLocale ? rendered : renderTwice(defaultLocale, parameters);
    },
  };
}

type Render = (text: string) => string;
/** Starts a rendering, whose texts share its time. */
type Parsing = (parameters: object) => Render;

function parsing(engine: Liquid): Parsing {
  const parsed = new Map<string, Template[]>();
  return (parameters) => {
    let leftMs = RENDER_LIMIT_MS;
    return (text) => {
      const template = parsed.get(text) ?? engine.parse(text);
      parsed.set(text, template);
      const beganMs = performance.now();
      // In one go, so that the time is this template’s and nobody else’s.
      const rendered = String(engine.renderSync(template, parameters, { renderLimit: leftMs }));
      leftMs -= performance.now() - beganMs;
      if (rendered.length > RENDERED_TEXT_MAX_CHARACTERS)
        throw new Error(`a text has more than ${RENDERED_TEXT_MAX_CHARACTERS} characters when it is rendered`);
      return rendered;
    };
  };
}

async function contentOf(texts: TemplateTexts, { plain, html }: { readonly plain: Render; readonly html: Render }): Promise<Content> {
  const line = (text: string | undefined) => {
    const rendered = text === undefined ? '' : toOneLine(plain(text));
    return isBlank(rendered) ? undefined : rendered;
  };
  const block = (text: string | undefined) => (text === undefined ? undefined : plain(text));
  const { push, sms, email, inApp } = texts;
  return withoutAbsent({
    title: line(texts.title),
    body: plain(texts.body),
    url: urlOf(texts.url, line),
    push: push && withoutAbsent({ title: line(push.title), body: block(push.body) }),
    sms: sms && { body: plain(sms.body) },
    email:
      email &&
      withoutAbsent({
        subject: line(email.subject),
        body: block(email.body),
        html: email.html === undefined ? undefined : await inlineStyles(html(email.html)),
      }),
    inApp: inApp && withoutAbsent({ title: line(inApp.title), body: block(inApp.body) }),
  }) as Content;
}

function urlOf(text: string | undefined, line: (text: string) => string | undefined): string | undefined {
  const url = text === undefined ? undefined : line(text)?.trim();
  if (url === undefined) return undefined;
  const parsed = URL.parse(url);
  if (!/^https?:$/.test(parsed?.protocol ?? '') || /\s/.test(url)) throw new Error('the url is no http or https address when it is rendered');
  if ((parsed?.href.length ?? 0) > URL_MAX_CHARACTERS) throw new Error(`the url has more than ${URL_MAX_CHARACTERS} characters when it is rendered`);
  return url;
}

const withoutAbsent = (value: object): object => Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));

/** The engine tells the name of a variable only in the error within its error. */
function missingIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { originalError, variableName } = error as { readonly originalError?: unknown; readonly variableName?: unknown };
  if (originalError !== undefined) return missingIn(originalError);
  return typeof variableName === 'string' ? variableName : undefined;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
