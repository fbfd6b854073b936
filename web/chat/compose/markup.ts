/**
 * What people type for bold, links and the like, and what becomes of it: a text without markup, with what its parts are beside it.
 * `**bold**`, `_italic_`, `++underlined++`, `~~struck through~~`, `||spoiler||`, `` `code` ``, lines of a program between lines of three
 * backticks, `> quoted`, `[text](https://…)`, addresses as they are, `@Name`; a backslash keeps what follows it as it is.
 */
import type { Message } from '../../../client/index.ts';

export type Entity = Message['entities'][number];
export type Words = { readonly text: string; readonly entities: Entity[] };
export type Mentioned = { readonly name: string; readonly person: string };

type Style = Exclude<Entity['kind'], 'pre' | 'link' | 'mention'>;
type Written = { text: string; characters: number; readonly entities: Entity[]; readonly mentioned: readonly Mentioned[] };

const STYLES: readonly (readonly [string, Style])[] = [
  ['**', 'bold'],
  ['++', 'underline'],
  ['~~', 'strikethrough'],
  ['||', 'spoiler'],
  ['_', 'italic'],
];
const ENTITIES_MAX = 100;
const FENCE = /^```([\w+#.-]{0,32})\n([\s\S]*?)\n?```(?:\n|$)/;
const QUOTED_LINES = /^(?:> ?[^\n]*(?:\n|$))+/;
const ADDRESS = /^https?:\/\/[^\s<>"\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/iu;
const NAMED_LINK = /^\[([^\]\n]+)\]\((https?:\/\/[^\s)]+|mailto:[^\s)]+)\)/i;
const WORD_CHARACTER = /[\p{L}\p{N}_]/u;
const ESCAPABLE = /[\\*_+~|`>[\]@]/;

export function wordsOf(typed: string, mentioned: readonly Mentioned[] = []): Words {
  const written: Written = { text: '', characters: 0, entities: [], mentioned: mentioned.toSorted((one, other) => other.name.length - one.name.length) };
  writeBlocks(written, typed);
  // Spaces at the ends are nobody's words; what lies within them goes along.
  const begin = written.text.length - written.text.trimStart().length;
  const text = written.text.trim();
  const length = countCharacters(text);
  const entities = written.entities
    .map((entity) => ({ ...entity, from: clamp(entity.from - begin, length), to: clamp(entity.to - begin, length) }))
    .filter(({ from, to }) => from < to)
    .toSorted((one, other) => one.from - other.from || other.to - one.to);
  return { text, entities: entities.slice(0, ENTITIES_MAX) };
}

const clamp = (place: number, length: number): number => Math.min(Math.max(place, 0), length);

function write(written: Written, text: string): void {
  written.text += text;
  written.characters += countCharacters(text);
}

function writeAs<Kind extends object>(written: Written, entity: Kind, content: () => void): void {
  const from = written.characters;
  content();
  if (written.characters > from) written.entities.push({ ...entity, from, to: written.characters } as unknown as Entity);
}

function writeBlocks(written: Written, typed: string): void {
  for (let at = 0; at < typed.length;) {
    const isLineStart = at === 0 || typed[at - 1] === '\n';
    const rest = typed.slice(at);
    const fence = isLineStart ? FENCE.exec(rest) : null;
    const quoted = isLineStart ? QUOTED_LINES.exec(rest) : null;
    if (fence !== null && fence[2] !== '') {
      writeAs(written, { kind: 'pre', ...(fence[1] === '' ? {} : { language: fence[1] }) }, () => write(written, fence[2] ?? ''));
      at += fence[0].length;
      if (at < typed.length || fence[0].endsWith('\n')) write(written, '\n');
    } else if (quoted !== null) {
      const hasEnd = quoted[0].endsWith('\n');
      const lines = (hasEnd ? quoted[0].slice(0, -1) : quoted[0]).replaceAll(/^> ?/gm, '');
      writeAs(written, { kind: 'quote' }, () => writeInline(written, lines));
      if (hasEnd) write(written, '\n');
      at += quoted[0].length;
    } else {
      const end = typed.indexOf('\n', at);
      const line = end < 0 ? rest : typed.slice(at, end + 1);
      // Styles go over lines as long as no block begins.
      const next = nextBlock(typed, at + line.length);
      writeInline(written, typed.slice(at, next));
      at = next;
    }
  }
}

function nextBlock(typed: string, from: number): number {
  for (let at = from; at < typed.length;) {
    const rest = typed.slice(at);
    if (rest.startsWith('>') || FENCE.test(rest)) return at;
    const end = typed.indexOf('\n', at);
    if (end < 0) return typed.length;
    at = end + 1;
  }
  return typed.length;
}

function writeInline(written: Written, typed: string, isInLink = false): void {
  for (let at = 0; at < typed.length;) {
    const rest = typed.slice(at);
    const before = typed[at - 1] ?? ' ';
    at += writePart(written, rest, before, isInLink) ?? writePlain(written, rest);
  }
}

function writePlain(written: Written, rest: string): number {
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  write(written, character);
  return character.length;
}

/** Of the part that begins here, how long it was typed; undefined where none does. */
function writePart(written: Written, rest: string, before: string, isInLink: boolean): number | undefined {
  const [first = '', second = ''] = [rest[0], rest[1]];
  if (first === '\\' && ESCAPABLE.test(second)) {
    write(written, second);
    return 2;
  }
  const code = /^`([^`\n]+)`/.exec(rest);
  if (code !== null) {
    writeAs(written, { kind: 'code' }, () => write(written, code[1] ?? ''));
    return code[0].length;
  }
  for (const [marker, kind] of STYLES) {
    const end = rest.startsWith(marker) ? endOfStyle(rest, marker, before) : -1;
    if (end < 0) continue;
    writeAs(written, { kind }, () => writeInline(written, rest.slice(marker.length, end), isInLink));
    return end + marker.length;
  }
  if (first === '@') return writeMention(written, rest, before);
  return isInLink ? undefined : writeLink(written, rest, before);
}

/** Where the marker stands again, with words right within both; in `snake_case_names` an underscore marks nothing. */
function endOfStyle(rest: string, marker: string, before: string): number {
  if (/^\s|^$/.test(rest.slice(marker.length)) || (marker === '_' && WORD_CHARACTER.test(before))) return -1;
  for (let end = rest.indexOf(marker, marker.length + 1); end > 0; end = rest.indexOf(marker, end + 1)) {
    const isEscaped = rest[end - 1] === '\\';
    const isWithinWord = marker === '_' && WORD_CHARACTER.test(rest[end + 1] ?? ' ');
    if (!isEscaped && !isWithinWord && !/\s/.test(rest[end - 1] ?? ' ')) return end;
  }
  return -1;
}

function writeMention(written: Written, rest: string, before: string): number | undefined {
  const found = WORD_CHARACTER.test(before) ? undefined : written.mentioned.find(({ name }) => rest.startsWith(name, 1));
  if (found === undefined) return undefined;
  writeAs(written, { kind: 'mention', person: found.person }, () => write(written, `@${found.name}`));
  return found.name.length + 1;
}

function writeLink(written: Written, rest: string, before: string): number | undefined {
  const named = NAMED_LINK.exec(rest);
  if (named?.[2] !== undefined && isGood(named[2])) {
    writeAs(written, { kind: 'link', url: named[2] }, () => writeInline(written, named[1] ?? '', true));
    return named[0].length;
  }
  const address = WORD_CHARACTER.test(before) ? undefined : ADDRESS.exec(rest)?.[0];
  const url = address === undefined ? '' : withoutPunctuation(address);
  if (!isGood(url)) return undefined;
  writeAs(written, { kind: 'link', url }, () => write(written, url));
  return url.length;
}

/** As servers take it: one with a name before its host looks like another host. */
function isGood(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && parsed.username === '' && parsed.password === '' && url.length <= 2_048;
}

/** What ends a sentence ends no address; a bracket does where it was opened before. */
function withoutPunctuation(address: string): string {
  let url = address.replace(/[.,;:!?'"…。、]+$/u, '');
  while (url.endsWith(')') && url.split('(').length < url.split(')').length) url = url.slice(0, -1).replace(/[.,;:!?'"]+$/u, '');
  return url;
}

const countCharacters = (text: string): number => Array.from(text).length;
