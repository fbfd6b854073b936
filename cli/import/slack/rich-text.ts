/**
 * The blocks of `rich_text` that Slack keeps of what was typed: the same as the markup beside them, but with nothing to guess, for a
 * star in them is a star.
 */
import { z } from 'zod';
import { emojiNamed } from './emoji-names.ts';
import type { Names } from './names.ts';
import { createTextBuilder, type Style, type TextBuilder } from './text-builder.ts';

const style = z.object({ bold: z.boolean(), italic: z.boolean(), strike: z.boolean(), code: z.boolean() }).partial().catch({});
const piece = z.object({
  type: z.string(),
  text: z.string().optional(),
  url: z.string().optional(),
  user_id: z.string().optional(),
  channel_id: z.string().optional(),
  usergroup_id: z.string().optional(),
  range: z.string().optional(),
  name: z.string().optional(),
  skin_tone: z.number().optional(),
  fallback: z.string().optional(),
  style: style.optional(),
});
type Piece = z.output<typeof piece>;
const section = z.object({
  type: z.string(),
  elements: z.array(z.unknown()),
  style: z.unknown().optional(),
  indent: z.number().catch(0),
  offset: z.number().catch(0),
});
const block = z.object({ type: z.literal('rich_text'), elements: z.array(z.unknown()) });

/** Undefined where the blocks are of another kind, as those of apps are, or have a part that isn't known here. */
export function readRichText(blocks: unknown, names: Names): TextBuilder | undefined {
  const parsed = z.array(block).min(1).safeParse(blocks);
  if (!parsed.success) return undefined;
  const builder = createTextBuilder();
  const isKnown = parsed.data.every(({ elements }) => elements.every((element) => addSection(builder, element, names)));
  return isKnown ? builder : undefined;
}

/** Lists within one another: Slack's own are flat, with an indent. */
const DEPTH_MAX = 10;

/** False: it has a part that isn't known here. */
function addSection(builder: TextBuilder, element: unknown, names: Names, depth = 0): boolean {
  const parsed = section.safeParse(element);
  if (!parsed.success || depth > DEPTH_MAX) return false;
  const { type, elements, indent, offset } = parsed.data;
  switch (type) {
    case 'rich_text_section':
      return addPieces(builder, elements, names);
    case 'rich_text_quote': {
      let isKnown = true;
      startLine(builder);
      builder.styled('quote', () => (isKnown = addPieces(builder, elements, names)));
      builder.add('\n');
      return isKnown;
    }
    case 'rich_text_preformatted': {
      const plain = createTextBuilder();
      if (!addPieces(plain, elements, names)) return false;
      startLine(builder);
      builder.pre(plain.built().text);
      builder.add('\n');
      return true;
    }
    case 'rich_text_list':
      return elements.every((item, index) => {
        startLine(builder);
        builder.add(`${'  '.repeat(Math.min(indent, INDENT_MAX))}${parsed.data.style === 'ordered' ? `${offset + index + 1}.` : '-'} `);
        const isKnown = addSection(builder, item, names, depth + 1);
        builder.add('\n');
        return isKnown;
      });
  }
  return false;
}

const INDENT_MAX = 10;

const startLine = (builder: TextBuilder): void => void (builder.isAtLineStart() || builder.add('\n'));

function addPieces(builder: TextBuilder, elements: readonly unknown[], names: Names): boolean {
  const parsed = z.array(piece).safeParse(elements);
  return parsed.success && parsed.data.every((one) => addStyled(builder, one, stylesOf(one), names));
}

/** Code holds nothing that is marked. */
function stylesOf({ style: given = {} }: Piece): readonly Style[] {
  if (given.code === true) return ['code'];
  const styles: Style[] = [];
  if (given.bold === true) styles.push('bold');
  if (given.italic === true) styles.push('italic');
  if (given.strike === true) styles.push('strikethrough');
  return styles;
}

function addStyled(builder: TextBuilder, one: Piece, [first, ...rest]: readonly Style[], names: Names): boolean {
  if (first === undefined) return addPiece(builder, one, names);
  if (first === 'code') {
    builder.styled('code', () => builder.add(one.text ?? one.url ?? ''));
    return true;
  }
  let isKnown = true;
  builder.styled(first, () => (isKnown = addStyled(builder, one, rest, names)));
  return isKnown;
}

function addPiece(builder: TextBuilder, one: Piece, names: Names): boolean {
  const { type, text, url = '', user_id: user = '', channel_id: channel = '', name = '', fallback } = one;
  switch (type) {
    case 'text':
      builder.add(text ?? '');
      return true;
    case 'link':
      builder.link(url, text === undefined || text === '' ? url.replace(/^(mailto|tel):/, '') : text);
      return true;
    case 'user': {
      const { person, name: called } = names.person(user);
      builder.mention(called ?? user, person);
      return true;
    }
    case 'channel':
      builder.add(`#${names.channel(channel) ?? channel}`);
      return true;
    case 'usergroup':
      return false; // the markup beside it has its name
    case 'broadcast':
      builder.add(`@${one.range ?? 'channel'}`);
      return true;
    case 'emoji':
      builder.add(emojiNamed(one.skin_tone === undefined ? name : `${name}::skin-tone-${one.skin_tone}`) ?? `:${name}:`);
      return true;
    case 'date':
      builder.add(fallback ?? '');
      return true;
    case 'color':
      builder.add(text ?? '');
      return true;
  }
  return false;
}
