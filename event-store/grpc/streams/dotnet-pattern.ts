/**
 * Translates a regular expression of .NET, EventStoreDB's dialect, into RE2's, which matches in linear time. It only has to answer whether
 * a name matches, so groups need not capture. Refuses what RE2 can't express: lookaround, backreferences, atomic groups, conditions.
 */

export type TranslatedPattern = { readonly outcome: 'translated'; readonly pattern: string } | { readonly outcome: 'unsupported'; readonly reason: string };

export function translatePattern(pattern: string): TranslatedPattern {
  const state: State = { pattern, at: 0, flags: { multiline: false, extended: false }, enclosing: [] };
  try {
    let translated = '';
    while (state.at < pattern.length) translated += translateNext(state);
    return { outcome: 'translated', pattern: translated };
  } catch (error) {
    if (error instanceof Unsupported) return { outcome: 'unsupported', reason: error.message };
    throw error;
  }
}

/** Flags that change how the rest of a group is read; the others mean the same in RE2. */
type Flags = { readonly multiline: boolean; readonly extended: boolean };
type State = { readonly pattern: string; at: number; flags: Flags; readonly enclosing: Flags[] };

class Unsupported extends Error {}

function translateNext(state: State): string {
  const { pattern, at } = state;
  const character = pattern[at]!;
  if (character === '\\') return translateEscape(state);
  if (character === '[') return translateClass(state);
  if (character === '(') return translateGroupStart(state);
  state.at++;
  if (character === ')') state.flags = state.enclosing.pop() ?? state.flags;
  // .NET also matches before a final line feed.
  if (character === '$' && !state.flags.multiline) return END_OR_FINAL_LINE_FEED;
  if (state.flags.extended && /\s/.test(character)) return '';
  if (state.flags.extended && character === '#') {
    const end = pattern.indexOf('\n', at);
    state.at = end < 0 ? pattern.length : end + 1;
    return '';
  }
  return character;
}

const END_OR_FINAL_LINE_FEED = '(?:\\n?\\z)';

function translateGroupStart(state: State): string {
  const rest = state.pattern.slice(state.at);
  const comment = /^\(\?#[^)]*\)/.exec(rest);
  if (comment !== null) {
    state.at += comment[0].length;
    return '';
  }
  const inline = /^\(\?([imnsx]*)(?:-([imnsx]*))?(\)|:)/.exec(rest);
  if (inline !== null) return translateFlags(state, { whole: inline[0], on: inline[1]!, off: inline[2] ?? '', isGroup: inline[3] === ':' });
  state.enclosing.push(state.flags);
  const named = /^\(\?(?:<[A-Za-z_]\w*>|'[A-Za-z_]\w*')/.exec(rest);
  if (named === null && rest.startsWith('(?')) throw new Unsupported(`the group ${rest.slice(0, 4)}… has no equivalent that matches in linear time`);
  state.at += named === null ? 1 : named[0].length;
  return '(?:';
}

type InlineFlags = { readonly whole: string; readonly on: string; readonly off: string; readonly isGroup: boolean };

function translateFlags(state: State, { whole, on, off, isGroup }: InlineFlags): string {
  if (isGroup) state.enclosing.push(state.flags);
  const switched = (flag: string, before: boolean) => (off.includes(flag) ? false : on.includes(flag) || before);
  state.flags = { multiline: switched('m', state.flags.multiline), extended: switched('x', state.flags.extended) };
  state.at += whole.length;
  const known = (flags: string) => flags.replaceAll(/[nx]/g, '');
  const flags = known(on) + (known(off) === '' ? '' : `-${known(off)}`);
  if (isGroup) return `(?${flags}:`;
  return flags === '' ? '' : `(?${flags})`;
}

/** The classes of .NET know all of Unicode; RE2's know ASCII. */
const WORD = '\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}';
const SPACE = '\\t\\n\\v\\f\\r\\x{85}\\p{Z}';
const CLASSES: Readonly<Record<string, string>> = { d: '\\p{Nd}', D: '\\P{Nd}', w: WORD, s: SPACE };
const NEGATED_CLASSES: Readonly<Record<string, string>> = { W: WORD, S: SPACE };
const ANCHORS: Readonly<Record<string, string>> = { A: '\\A', z: '\\z', Z: END_OR_FINAL_LINE_FEED, b: '\\b', B: '\\B' };

function translateEscape(state: State): string {
  const letter = state.pattern[state.at + 1] ?? '';
  const anchor = ANCHORS[letter];
  const negated = NEGATED_CLASSES[letter];
  const members = CLASSES[letter];
  if (anchor === undefined && negated === undefined && members === undefined) return translateCharacter(state);
  state.at += 2;
  return anchor ?? (negated === undefined ? `[${members}]` : `[^${negated}]`);
}

/** An escaped character, or a Unicode class, which mean the same inside brackets and outside. */
function translateCharacter(state: State): string {
  const rest = state.pattern.slice(state.at);
  const unicodeClass = /^\\[pP]\{\w+\}/.exec(rest);
  const sameInBoth = unicodeClass ?? /^\\(?:[afnrtv]|x[0-9A-Fa-f]{2}|[^\w])/u.exec(rest);
  if (sameInBoth !== null) {
    state.at += sameInBoth[0].length;
    return sameInBoth[0].length === 2 && sameInBoth[0].charCodeAt(1) > 0x7f ? sameInBoth[0].slice(1) : sameInBoth[0];
  }
  const coded = /^\\(?:u([0-9A-Fa-f]{4})|0([0-7]{0,2})|c([A-Za-z])|(e))/.exec(rest);
  if (coded === null) throw new Unsupported(`the escape ${rest.slice(0, 2)} is not supported`);
  const [whole, hex, octal, control] = coded;
  state.at += whole.length;
  if (hex !== undefined) return `\\x{${hex}}`;
  if (octal !== undefined) return `\\x{${Number.parseInt(`0${octal}`, 8).toString(16)}}`;
  return control === undefined ? '\\x1b' : `\\x{${(control.toUpperCase().charCodeAt(0) - 64).toString(16)}}`;
}

/** RE2 has no negated class among the members of another, so those become alternatives. */
function translateClass(state: State): string {
  const { pattern } = state;
  const isNegated = pattern[state.at + 1] === '^';
  state.at += isNegated ? 2 : 1;
  let members = '';
  const alternatives: string[] = [];
  for (let isFirst = true; isFirst || pattern[state.at] !== ']'; isFirst = false) {
    const character = pattern[state.at];
    if (character === undefined) throw new Unsupported('a character class is not closed');
    if (character === '-' && pattern[state.at + 1] === '[') throw new Unsupported('subtraction of character classes is not supported');
    if (character !== '\\') {
      members += character === '[' || (isFirst && character === ']') ? `\\${character}` : character;
      state.at++;
      continue;
    }
    const letter = pattern[state.at + 1] ?? '';
    const negated = NEGATED_CLASSES[letter];
    if (negated !== undefined) alternatives.push(`[^${negated}]`);
    else if (letter === 'b') members += '\\x08';
    else if (CLASSES[letter] !== undefined) members += CLASSES[letter];
    else {
      members += translateCharacter(state);
      continue;
    }
    state.at += 2;
  }
  state.at++;
  if (alternatives.length === 0) return `[${isNegated ? '^' : ''}${members}]`;
  if (isNegated) throw new Unsupported('a negated class inside a negated one is not supported');
  return `(?:${[...alternatives, ...(members === '' ? [] : [`[${members}]`])].join('|')})`;
}
