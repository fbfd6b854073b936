/**
 * Finds the links, mentions and hashtags in the text of a post. Links are linkifyjs'; what is in a link is neither a mention nor a
 * hashtag. These two are found here: linkifyjs ends them at the marks that Hindi and Thai are written with, and begins them within words.
 */
import { find } from 'linkifyjs';
import { hashtagOf, HASHTAG_CHARACTERS_MAX, HASHTAGS_MAX, LINKS_MAX, MENTIONED_MAX, type HashtagEntity, type LinkEntity } from '../../domain/feed/entities.ts';
import { charactersIn } from '../../domain/shared/text/text.ts';
import type { TextRange } from '../../domain/shared/text/text-range.ts';

/** `names`: what the person may be called who is meant, the likeliest first, each with the end of the mention that it makes. */
export type MentionInText = { readonly from: number; readonly names: readonly { readonly name: string; readonly to: number }[] };
export type ParsedText = { readonly links: readonly LinkEntity[]; readonly mentions: readonly MentionInText[]; readonly hashtags: readonly HashtagEntity[] };

/** A longer word is no link: linkifyjs takes time by the square of some. */
const LINK_LETTERS_MAX = 2_000;
/** So many words of a text are looked at, whether they are links or not. */
const LINK_WORDS_MAX = 100;
const MENTION_LETTERS_MAX = 64;

/** Links say that they are: names of domains alone are often just the end of one sentence and the beginning of the next. */
const MAY_BE_LINK = /https?:\/\/|www\./i;
const WORD = /\S+/g;
/** `XID_Continue` has the marks of all scripts, digits and the underscore; the two joiners are for Persian and Indic scripts. */
const LETTER = String.raw`[\p{XID_Continue}\u200c\u200d]`;
const NO_LETTER_BEFORE = String.raw`(?<![\p{XID_Continue}\u200c\u200d&\/@#＠＃])`;
const HASHTAG = new RegExp(String.raw`${NO_LETTER_BEFORE}[#＃](${LETTER}+)`, 'gu');
const MENTION = new RegExp(String.raw`${NO_LETTER_BEFORE}[@＠](\p{XID_Continue}(?:[\p{XID_Continue}.\-]*\p{XID_Continue})?)`, 'gu');
/** A Korean or Japanese particle stands behind a Latin name without a space. */
const LATIN_BEFORE_OTHERS = /^[\p{Script=Latin}\p{N}_.-]*[\p{Script=Latin}\p{N}_](?=[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/u;

export function parseText(text: string): ParsedText {
  const links = linksIn(text);
  const isApart = ({ 0: whole, index }: RegExpExecArray) => links.every(({ start, end }) => index >= end || index + whole.length <= start);
  const outsideLinks = (pattern: RegExp) => text.matchAll(pattern).filter(isApart);
  const characters = counter(text);
  return {
    links: links.map(({ start, end, url }) => ({ ...rangeOf(characters, start, end), url })),
    mentions: outsideLinks(MENTION).flatMap(mentionAt(characters)).take(MENTIONED_MAX).toArray(),
    hashtags: outsideLinks(HASHTAG).flatMap(hashtagAt(characters)).take(HASHTAGS_MAX).toArray(),
  };
}

type Found = { readonly start: number; readonly end: number; readonly url: string };

function linksIn(text: string): readonly Found[] {
  const links: Found[] = [];
  const mayBeLinks = text.matchAll(WORD).filter(({ 0: word }) => word.length <= LINK_LETTERS_MAX && MAY_BE_LINK.test(word));
  for (const { 0: word, index } of mayBeLinks.take(LINK_WORDS_MAX)) {
    for (const { start, end, href } of find(word, 'url', { defaultProtocol: 'https' })) {
      const url = webAddress(word.slice(start, end), href);
      if (url !== undefined) links.push({ start: index + start, end: index + end, url });
      if (links.length === LINKS_MAX) return links;
    }
  }
  return links;
}

/** Of links that say so themselves; an address with a password in it shows another name than where it leads. */
function webAddress(written: string, href: string): string | undefined {
  if (!/^(?:https?:\/\/|www\.)/i.test(written)) return undefined;
  const url = URL.parse(href);
  return url !== null && /^https?:$/.test(url.protocol) && /[a-z0-9]/.test(url.hostname) && url.username === '' && url.password === '' ? url.href : undefined;
}

function hashtagAt(characters: CountCharacters) {
  return ({ 0: whole, 1: tag = '', index }: RegExpExecArray): readonly HashtagEntity[] => {
    const spelt = hashtagOf(tag);
    const isNumber = /^[\p{N}_]*$/u.test(spelt);
    return isNumber || charactersIn(spelt) > HASHTAG_CHARACTERS_MAX ? [] : [{ ...rangeOf(characters, index, index + whole.length), tag: spelt }];
  };
}

function mentionAt(characters: CountCharacters) {
  return ({ 0: whole, 1: name = '', index, input }: RegExpExecArray): readonly MentionInText[] => {
    // What goes on with another @ is the address of somebody elsewhere.
    if (name.length > MENTION_LETTERS_MAX || /[@＠]/.test(input.charAt(index + whole.length))) return [];
    const before = LATIN_BEFORE_OTHERS.exec(name)?.[0];
    const { from } = rangeOf(characters, index, index + whole.length);
    const named = (one: string) => ({ name: one, to: characters(index + whole.length - name.length + one.length) });
    return [{ from, names: [name, ...(before === undefined ? [] : [before])].map(named) }];
  };
}

/** How many characters stand before a place that is counted in code units. */
type CountCharacters = (at: number) => number;
const counter =
  (text: string): CountCharacters =>
  (at) =>
    charactersIn(text.slice(0, at));
const rangeOf = (characters: CountCharacters, start: number, end: number): TextRange => ({ from: characters(start), to: characters(end) });
