/** Pages of HTML in which nothing that people have written can become markup: whatever isn't `Html` is escaped. */

/** Markup of our own. */
export type Html = { readonly markup: string };

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

const markupOf = (part: Html | readonly Html[] | string | number): string => {
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
};

/** A template whose parts are escaped, in attributes too, unless they are markup themselves. */
export const html = (literals: TemplateStringsArray, ...parts: readonly (Html | readonly Html[] | string | number)[]): Html => ({
  markup: literals.map((literal, i) => literal + (i < parts.length ? markupOf(parts[i] ?? '') : '')).join(''),
});

const NOTHING: Html = { markup: '' };
export const when = (holds: boolean, part: () => Html): Html => (holds ? part() : NOTHING);

/** Nothing runs and nothing is loaded but the pictures, videos and recordings beside it. */
const POLICY = "default-src 'none'; img-src 'self' file:; media-src 'self' file:; style-src 'unsafe-inline'";
const STYLE: Html = {
  markup: `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:48rem;margin:2rem auto;padding:0 1rem}article{border-top:1px solid #8884;padding:.75rem 0}p{white-space:pre-wrap;overflow-wrap:anywhere;margin:.25rem 0}blockquote{margin:.25rem 0;padding-inline-start:.75rem;border-inline-start:3px solid #8888}img,video{max-width:100%;max-height:32rem}dt{font-weight:600}dd{margin:0 0 .5rem;overflow-wrap:anywhere;white-space:pre-wrap}small,time{opacity:.7}nav{display:flex;gap:1rem}`,
};

export function documentOf({ title, body }: { readonly title: string; readonly body: Html }): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        ${body}
      </body>
    </html>`;
  return `${page.markup}\n`;
}
