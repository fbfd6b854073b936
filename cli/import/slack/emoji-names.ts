/** The emoji that a name of Slack's stands for: `tada`, or `+1::skin-tone-3`. */
import iamcal from 'emojibase-data/en/shortcodes/iamcal.json' with { type: 'json' };
import { emojiOf } from '../../../domain/chat/emoji.ts';

/** Of its own, beside those of the set that its names come from. */
const FURTHER_NAMES: Readonly<Record<string, string>> = { simple_smile: '🙂' };
const SKIN_TONES: Readonly<Record<string, string>> = { '2': '\u{1f3fb}', '3': '\u{1f3fc}', '4': '\u{1f3fd}', '5': '\u{1f3fe}', '6': '\u{1f3ff}' };

let byName: ReadonlyMap<string, string> | undefined;

/** In the one form that reactions have; undefined for a picture that a workspace gave a name of its own. */
export function emojiNamed(name: string): string | undefined {
  const [base = '', tone] = name.split('::skin-tone-');
  const plain = (byName ??= loadNames()).get(base);
  if (plain === undefined) return undefined;
  const skin = tone === undefined ? undefined : SKIN_TONES[tone];
  return (skin === undefined ? undefined : emojiOf(withSkin(plain, skin))) ?? emojiOf(plain);
}

/** Behind the first character, which is the person or the hand. */
function withSkin(emoji: string, skin: string): string {
  const [first = '', ...rest] = Array.from(emoji).filter((character) => character !== '\ufe0f');
  return first + skin + rest.join('');
}

function loadNames(): ReadonlyMap<string, string> {
  const names: Readonly<Record<string, string | readonly string[]>> = iamcal;
  const all = new Map(Object.entries(FURTHER_NAMES));
  for (const [codes, named] of Object.entries(names)) {
    const emoji = String.fromCodePoint(...codes.split('-').map((code) => Number.parseInt(code, 16)));
    for (const name of typeof named === 'string' ? [named] : named) all.set(name, emoji);
  }
  return all;
}
