/** Puts the styles of an HTML email into its elements, as mail readers need it. What can't be put there, such as media queries, stays. */
import { createHash } from 'node:crypto';

/** Each rule is held against each element, which takes some ten microseconds: a fifth of a second. */
export const STYLE_MATCHES_MAX = 20_000;
/** One notification to many people is the same for all who read one language. */
const REMEMBERED_MAX = 32;

const remembered = new Map<string, string>();

/** Throws where there are too many styles for so many elements. It reaches nothing outside. */
export async function inlineStyles(html: string): Promise<string> {
  const key = createHash('sha256').update(html).digest('base64');
  const known = remembered.get(key);
  remembered.delete(key);
  const inlined = known ?? (await inline(html));
  remembered.set(key, inlined);
  for (const oldest of remembered.keys()) {
    if (remembered.size <= REMEMBERED_MAX) break;
    remembered.delete(oldest);
  }
  return inlined;
}

async function inline(html: string): Promise<string> {
  const styles = html.match(/<style\b[^]*?<\/style/gi) ?? [];
  const rules = styles.reduce((sum, style) => sum + countOf(style, /[{,]/g), 0);
  const elements = countOf(html, /<[a-z]/gi);
  if (rules * elements > STYLE_MATCHES_MAX) {
    throw new Error(`the styles of the HTML are too many: ${rules} selectors times ${elements} elements is more than ${STYLE_MATCHES_MAX}`);
  }
  // It takes a fifth of a second to load: only who sends HTML waits for it.
  const { default: juice } = await import('juice');
  // Braces in a parameter are text, and not another language's code.
  juice.codeBlocks = noCodeBlocks(juice.codeBlocks);
  return juice(html, { webResources: {} });
}

function noCodeBlocks<Blocks extends object>(blocks: Blocks): Blocks {
  for (const name of Object.keys(blocks)) delete (blocks as Record<string, unknown>)[name];
  return blocks;
}

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
