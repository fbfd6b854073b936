/**
 * The text that the HTML of a post says, for a product whose posts are plain text: paragraphs with an empty line between them, lines,
 * entries of lists, and links as their text and address.
 */
import { Parser } from 'htmlparser2';

/** Nothing in them is read. */
const UNREAD: ReadonlySet<string> = new Set(['script', 'style', 'template', 'head', 'title', 'iframe', 'object', 'svg', 'math']);
const PARAGRAPHS: ReadonlySet<string> = new Set([
  'p',
  'div',
  'blockquote',
  'ul',
  'ol',
  'pre',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'table',
  'section',
  'article',
]);
const LINES: ReadonlySet<string> = new Set(['li', 'tr']);

/** Of somebody with an account elsewhere: by the address of their page, and `@eve@example.com`. */
export type MentionedNames = ReadonlyMap<string, string>;

type OpenLink = { readonly href: string; readonly from: number; readonly isHashtag: boolean };

export function htmlToText(html: string, mentioned: MentionedNames = new Map()): string {
  let text = '';
  let unread = 0;
  let preformatted = 0;
  /** What must stand before the next word: a line's end, or an empty line. */
  let due: '' | '\n' | '\n\n' = '';
  const links: OpenLink[] = [];

  const lineBreak = (kind: '\n' | '\n\n') => {
    if (kind.length > due.length) due = kind;
  };
  const write = (words: string) => {
    if (words === '') return;
    if (text !== '') text += due;
    due = '';
    text += words;
  };
  const closeLink = ({ href, from, isHashtag }: OpenLink) => {
    const words = text.slice(from).trimStart();
    const name = mentioned.get(href);
    if (name !== undefined) text = text.slice(0, text.length - words.length) + name;
    else if (!isHashtag && words !== '' && words !== href && isAddress(href)) text += ` (${href})`;
  };

  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        if (UNREAD.has(name)) unread += 1;
        if (name === 'pre') preformatted += 1;
        if (PARAGRAPHS.has(name)) lineBreak('\n\n');
        else if (LINES.has(name)) lineBreak('\n');
        if (name === 'li') write('- ');
        if (name === 'br') {
          write(''); // a break before any word is none
          if (text !== '') due = due === '' ? '\n' : '\n\n';
        }
        if (name === 'a') {
          const classes = (attributes['class'] ?? '').split(/\s+/);
          links.push({ href: attributes['href'] ?? '', from: text.length, isHashtag: classes.includes('hashtag') || attributes['rel'] === 'tag' });
        }
      },
      ontext: (words) => {
        if (unread > 0) return;
        if (preformatted > 0) return write(words);
        const collapsed = words.replaceAll(/[ \t\r\n\f]+/g, ' ');
        const isAtStart = text === '' || due !== '' || text.endsWith(' ') || text.endsWith('\n');
        write(isAtStart ? collapsed.replace(/^ /, '') : collapsed);
      },
      onclosetag: (name) => {
        if (UNREAD.has(name)) unread -= 1;
        if (name === 'pre') preformatted -= 1;
        if (name === 'a') {
          const link = links.pop();
          if (link !== undefined) closeLink(link);
        }
        if (PARAGRAPHS.has(name)) lineBreak('\n\n');
        else if (LINES.has(name)) lineBreak('\n');
      },
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return text.replaceAll(/ +\n/g, '\n').trim();
}

const isAddress = (href: string): boolean => /^(https?|mailto|ftp|xmpp|gemini):/i.test(href);
