/**
 * Slack's markup of texts (`mrkdwn`): `*bold*`, `_italic_`, `~struck~`, code in backticks, lines behind `>`, `:names:` of emoji, and what
 * stands in angle brackets: people, channels, links. Here it becomes the text that was shown, and what its parts are.
 */
import { emojiNamed } from './emoji-names.ts';
import type { Names } from './names.ts';
import { createTextBuilder, type Style, type TextBuilder } from './text-builder.ts';

export function readMarkup(markup: string, names: Names): TextBuilder {
  const builder = createTextBuilder();
  addMarkup(builder, markup, names);
  return builder;
}

/** Behind what was added before. */
export function addMarkup(builder: TextBuilder, markup: string, names: Names): void {
  // Every second part stood between three backticks, and on lines of its own.
  for (const [index, part] of markup.split(/```(?=[^])([^]+?)```/).entries()) {
    if (index % 2 === 0) addLines(builder, index > 0 && part.trim() !== '' ? part.replace(/^[^\S\n]*\n?/, '\n') : part, names);
    else {
      if (!builder.isAtLineStart()) builder.add('\n');
      builder.pre(plainOf(part, names).replace(/^\n|\n$/g, ''));
    }
  }
}

const QUOTE = /^&gt; ?/;
const QUOTE_ALL = /^&gt;&gt;&gt; ?/;

/** Lines behind `>` that follow one another are one quote; behind `>>>` all that comes is. */
function addLines(builder: TextBuilder, part: string, names: Names): void {
  const lines = part.split('\n');
  const addEach = (of: readonly string[]) => {
    for (const [index, line] of of.entries()) {
      if (index > 0) builder.add('\n');
      addLine(builder, line, names);
    }
  };
  for (let at = 0; at < lines.length;) {
    if (at > 0) builder.add('\n');
    const line = lines[at] ?? '';
    const isWhole = at > 0 || builder.isAtLineStart();
    if (isWhole && QUOTE_ALL.test(line)) {
      const rest = lines.slice(at);
      builder.styled('quote', () => addEach(rest.map((one, index) => (index === 0 ? one.replace(QUOTE_ALL, '') : one))));
      return;
    }
    let end = at;
    while (isWhole && end < lines.length && QUOTE.test(lines[end] ?? '')) end += 1;
    const quoted = lines.slice(at, end);
    if (quoted.length > 0) builder.styled('quote', () => addEach(quoted.map((one) => one.replace(QUOTE, ''))));
    else addLine(builder, line, names);
    at = Math.max(end, at + 1);
  }
}

type Token = { readonly is: 'text'; readonly add: (builder: TextBuilder) => void } | Delimiter;
type Delimiter = { readonly is: 'delimiter'; readonly mark: string; readonly opens: boolean; readonly closes: boolean };

const STYLES: Readonly<Record<string, Style>> = { '*': 'bold', _: 'italic', '~': 'strikethrough' };
const TOKEN = /`([^`]+)`|<([^<>]*)>|:([^\s:`*<>]+(?:::skin-tone-[2-6])?):|([*_~])/gu;

function addLine(builder: TextBuilder, line: string, names: Names): void {
  const tokens = tokensOf(line, names);
  const closings = pairsOf(tokens);
  const addFrom = (from: number, to: number): void => {
    for (let at = from; at < to; at += 1) {
      const token = tokens[at];
      const closing = closings.get(at);
      if (token?.is === 'text') token.add(builder);
      else if (token !== undefined && closing === undefined) builder.add(token.mark);
      else if (token !== undefined && closing !== undefined) {
        builder.styled(STYLES[token.mark] ?? 'bold', () => addFrom(at + 1, closing));
        at = closing;
      }
    }
  };
  addFrom(0, tokens.length);
}

function tokensOf(line: string, names: Names): readonly Token[] {
  const tokens: Token[] = [];
  const text = (part: string) => part !== '' && tokens.push({ is: 'text', add: (builder) => builder.add(unescaped(part)) });
  let end = 0;
  for (const match of line.matchAll(TOKEN)) {
    const [whole, code, bracket, emoji, mark] = match;
    text(line.slice(end, match.index));
    end = match.index + whole.length;
    if (code !== undefined) tokens.push({ is: 'text', add: (builder) => builder.styled('code', () => builder.add(plainOf(code, names))) });
    else if (bracket !== undefined) tokens.push({ is: 'text', add: (builder) => addBracket(builder, bracket, names) });
    else if (emoji !== undefined) text(emojiNamed(emoji) ?? whole);
    else if (mark !== undefined) tokens.push(delimiterOf(mark, line[match.index - 1], line[end]));
  }
  text(line.slice(end));
  return tokens;
}

const WORD = /[\p{L}\p{N}]/u;

/** A mark opens before a word and closes behind one, and does neither within it. */
function delimiterOf(mark: string, before: string | undefined, after: string | undefined): Delimiter {
  const isOutside = (character: string | undefined) => character === undefined || !WORD.test(character);
  const isSpace = (character: string | undefined) => character === undefined || /\s/.test(character);
  return { is: 'delimiter', mark, opens: isOutside(before) && !isSpace(after), closes: isOutside(after) && !isSpace(before) };
}

/** So many marks wait for the one that closes them, and are within one another: of more, the first stand for themselves. */
const OPEN_MAX = 32;

/** The places of the marks that close others, by those of the marks that open. What two marks hold holds whole pairs only. */
function pairsOf(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const open: { readonly mark: string; readonly at: number }[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.is === 'text') continue;
    const opening = token.closes ? open.findLastIndex(({ mark, at: from }) => mark === token.mark && at > from + 1) : -1;
    if (opening >= 0) {
      pairs.set(open[opening]?.at ?? 0, at);
      open.length = opening;
    } else if (token.opens) {
      if (open.length === OPEN_MAX) open.shift();
      open.push({ mark: token.mark, at });
    }
  }
  return pairs;
}

/** What stands in angle brackets, with what is shown for it behind a bar. */
function addBracket(builder: TextBuilder, bracket: string, names: Names): void {
  const [target = '', ...labels] = bracket.split('|');
  const label = unescaped(labels.join('|'));
  const rest = target.slice(1);
  if (target.startsWith('@')) {
    const { person, name } = names.person(rest);
    builder.mention(name ?? (label === '' ? rest : label), person);
  } else if (target.startsWith('#')) builder.add(`#${names.channel(rest) ?? (label === '' ? rest : label)}`);
  else if (target.startsWith('!')) builder.add(shownForCommand(rest, label));
  else {
    const url = unescaped(target);
    builder.link(url, label === '' ? url.replace(/^(mailto|tel):/, '') : label);
  }
}

/** `!here`, a group of people, a date in the reader's own form. */
function shownForCommand(command: string, label: string): string {
  if (label !== '') return label;
  const [name = ''] = command.split('^');
  return name === 'date' ? '' : `@${name}`;
}

/** In code nothing is marked, but links and people stand in brackets there too. */
function plainOf(code: string, names: Names): string {
  return code
    .split(/<([^<>]*)>/)
    .map((part, index) => {
      if (index % 2 === 0) return unescaped(part);
      const builder = createTextBuilder();
      addBracket(builder, part, names);
      return builder.built().text;
    })
    .join('');
}

const ESCAPED: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };
const unescaped = (text: string): string => text.replaceAll(/&(?:amp|lt|gt);/g, (escaped) => ESCAPED[escaped] ?? escaped);
