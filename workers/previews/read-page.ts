/**
 * What a page says of itself: the Open Graph fields (ogp.me), where it has them, and else its title and description. All of it is
 * somebody's text: what comes out is one line of text without markup, cut where it is long.
 */
import { Parser } from 'htmlparser2';
import {
  PREVIEW_DESCRIPTION_MAX_CHARACTERS,
  PREVIEW_SITE_MAX_CHARACTERS,
  PREVIEW_TITLE_MAX_CHARACTERS,
  type LinkPreview,
} from '../../domain/media/link-preview.ts';
import { isBlank } from '../../domain/shared/text/blank-text.ts';
import { toOneLine } from '../../domain/shared/text/one-line.ts';
import { charactersIn } from '../../domain/shared/text/text.ts';

/** `image`: where the picture is that the page has of itself. */
export type PageText = Pick<LinkPreview, 'title' | 'description' | 'site'> & { readonly image?: string };

/** A field of which a page has more is not read on. */
const FIELD_LETTERS_MAX = 10_000;

/** By field, the names that it goes by, the best first. */
const NAMES = {
  title: ['og:title', 'twitter:title', 'title'],
  description: ['og:description', 'twitter:description', 'description'],
  site: ['og:site_name'],
  image: ['og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image'],
} as const;

/** Undefined for a page without a title. `address`: of the page, for what it names from there. */
export function readPage(html: string, address: string): PageText | undefined {
  const fields = fieldsOf(html);
  const lineOf = (names: readonly string[], maxCharacters: number) =>
    names.map((name) => oneLine(fields.get(name) ?? '', maxCharacters)).find((line) => line !== '');
  const title = lineOf(NAMES.title, PREVIEW_TITLE_MAX_CHARACTERS);
  if (title === undefined) return undefined;
  const description = lineOf(NAMES.description, PREVIEW_DESCRIPTION_MAX_CHARACTERS);
  const site = lineOf(NAMES.site, PREVIEW_SITE_MAX_CHARACTERS);
  const images = NAMES.image.flatMap((name) => fields.get(name) ?? []).map((written) => URL.parse(written, address));
  const image = images.find((url) => url !== null && /^https?:$/.test(url.protocol));
  return {
    title,
    ...(description !== undefined && { description }),
    ...(site !== undefined && { site }),
    ...(image && image.href !== address && { image: image.href }),
  };
}

/** The first of each name that isn't empty. Nothing behind the head is read, for what stands there may be anybody's. */
function fieldsOf(html: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const add = (name: string, value: string) => {
    if (!fields.has(name) && value.trim() !== '') fields.set(name, value.slice(0, FIELD_LETTERS_MAX));
  };
  let title: string | undefined;
  let isBehind = false;
  const parser = new Parser({
    onopentag: (name, { property, name: named, content }) => {
      if (name === 'body') isBehind = true;
      if (isBehind) return;
      if (name === 'title' && title === undefined) title = '';
      if (name === 'meta' && content !== undefined) add((property ?? named ?? '').trim().toLowerCase(), content);
    },
    ontext: (text) => {
      if (!isBehind && title !== undefined && !fields.has('title') && title.length < FIELD_LETTERS_MAX) title += text;
    },
    onclosetag: (name) => {
      if (name === 'title' && title !== undefined) add('title', title);
      if (name === 'head') isBehind = true;
    },
  });
  parser.end(html);
  return fields;
}

function oneLine(text: string, maxCharacters: number): string {
  const line = toOneLine(text.toWellFormed().replaceAll(/\s+/g, ' '));
  if (isBlank(line)) return '';
  return charactersIn(line) <= maxCharacters
    ? line
    : `${toOneLine(
        Array.from(line.slice(0, 2 * maxCharacters))
          .slice(0, maxCharacters - 1)
          .join(''),
      )}…`;
}

const CHARSET_IN_TYPE = /;\s*charset\s*=\s*"?([\w.:-]+)/i;
const CHARSET_IN_HEAD = /<meta[^>]{0,200}\bcharset\s*=\s*["']?\s*([\w.:-]+)/i;
/** A page names its encoding within so many bytes (HTML Standard, 4.2.5.4). */
const CHARSET_WITHIN_BYTES = 1_024;

/** As the answer says it is encoded, or the page does, or in UTF-8. */
export function decodePage(bytes: Uint8Array, contentType: string): string {
  const head = Buffer.from(bytes.subarray(0, CHARSET_WITHIN_BYTES)).toString('latin1');
  const label = CHARSET_IN_TYPE.exec(contentType)?.[1] ?? CHARSET_IN_HEAD.exec(head)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label).decode(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // an encoding that nobody knows
    return new TextDecoder().decode(bytes);
  }
}
