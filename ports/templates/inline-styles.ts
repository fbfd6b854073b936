/** Puts the styles of an HTML email into its elements, as mail readers need it. What can't be put there, such as media queries, stays. */
import { createHash } from 'node:crypto';
import { createContext, Script } from 'node:vm';

/** Each rule is held against each element, which takes some ten microseconds: a fifth of a second. */
export const STYLE_MATCHES_MAX = 20_000;
/** Some selectors take far longer than others, such as one sibling after another: it ends then, wherever it is. */
const INLINE_LIMIT_MS = 500;
/** One notification to many people is the same for all who read one language. */
const REMEMBERED_MAX = 32;

const remembered = new Map<string, string>();

/** Throws where there are too many styles for so many elements, and where they take too long. It reaches nothing outside. */
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
  // It takes a fifth of a second to load: only who sends HTML waits for it.
  const { default: juice } = await import('juice');
  // Braces in a parameter are text, and not another language's code.
  juice.codeBlocks = noCodeBlocks(juice.codeBlocks);
  return within(INLINE_LIMIT_MS, () => {
    checkCount(html);
    return juice(html, { webResources: {} });
  });
}

/** One that isn't closed goes on to the end, as in a browser. */
const STYLES = /<style\b[^]*?(?:<\/style|$)/gi;

function checkCount(html: string): void {
  const rules = (html.match(STYLES) ?? []).reduce((sum, style) => sum + countOf(style, /[{,]/g), 0);
  const elements = countOf(html, /<[a-z]/gi);
  if (rules * elements > STYLE_MATCHES_MAX) {
    throw new Error(`the styles of the HTML are too many: ${rules} selectors times ${elements} elements is more than ${STYLE_MATCHES_MAX}`);
  }
}

const bounded = createContext({ work: (): unknown => undefined });
const run = new Script('work()');

/** The engine ends what takes longer, which nothing within the process could. */
function within<Result>(ms: number, work: () => Result): Result {
  bounded['work'] = work;
  try {
    return run.runInContext(bounded, { timeout: ms }) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new Error(`the styles of the HTML take longer than ${ms} ms`);
  } finally {
    delete bounded['work'];
  }
}

function noCodeBlocks<Blocks extends object>(blocks: Blocks): Blocks {
  for (const name of Object.keys(blocks)) delete (blocks as Record<string, unknown>)[name];
  return blocks;
}

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
