import test from 'ava';
import { emojiOf, reactionKey } from './emoji.ts';

const everyCharacter = Array.from({ length: 0x1fb00 }, (_, code) => (code >= 0xd800 && code < 0xe000 ? '' : String.fromCodePoint(code)));
const isRecommended = (text: string) => /^\p{RGI_Emoji}$/v.test(text);
const TONES = ['', '\ufe0f', '🏻', '🏿'];
const PAIRED = ['♂\ufe0f', '♀\ufe0f', '⚕\ufe0f', '❤\ufe0f', '🌈', '💻', '🔥', '👩', '👩🏽', '🗨\ufe0f', '☠\ufe0f', '➡\ufe0f'];
const alone = everyCharacter.flatMap((character) => (/\p{Emoji}/u.test(character) ? TONES.map((tone) => character + tone) : []));
const letters = Array.from({ length: 26 }, (_, i) => String.fromCodePoint(0x1f1e6 + i));
const emojis = [
  ...alone,
  ...alone.flatMap((one) => PAIRED.map((other) => `${one}\u200d${other}`)),
  ...Array.from('0123456789*#', (key) => `${key}\ufe0f\u20e3`),
  ...letters.flatMap((one) => letters.map((other) => one + other)),
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '👨‍👩‍👧‍👦',
  '👩🏻‍❤️‍💋‍👨🏿',
].filter(isRecommended);

test('every emoji is its own form, and so it is without U+FE0F, or with it everywhere', (t) => {
  t.true(emojis.length > 2_000, `${emojis.length}`);
  for (const emoji of emojis) {
    const bare = emoji.replaceAll('\ufe0f', '');
    const spellings = [emoji, bare, `${emoji}\ufe0f`, Array.from(bare, (character) => `${character}\ufe0f`).join('')];
    for (const spelling of spellings) if (emojiOf(spelling) !== emoji) t.fail(`${emoji} as ${JSON.stringify(spelling)} is ${emojiOf(spelling)}`);
  }
});

const NONE: Readonly<Record<string, string>> = {
  nothing: '',
  'a word': 'yes',
  'a digit': '7',
  'a digit as a picture': '7\ufe0f',
  'a letter in a keycap': 'a\u20e3',
  'a keycap without a key': '\u20e3',
  'half a flag': '🇩',
  'a flag of nowhere': '🇽🇽',
  'two emojis': '👍👍',
  'an emoji and a space': '👍 ',
  'a picture under an accent': '👍\u0301',
  'a picture under fifteen accents': `👍${'\u0301'.repeat(15)}`,
  'a picture that joins with nothing': '👍\u200d',
  'pictures that are never joined': '👍\u200d👍',
  'a heart as text': '❤\ufe0e',
  'U+FE0F alone': '\ufe0f',
};

for (const [name, text] of Object.entries(NONE)) {
  test(`${name} is no emoji, and is its own key where it is in the log`, (t) => {
    t.is(emojiOf(text), undefined);
    t.is(reactionKey(text), text);
  });
}

test('a picture of a version of Unicode to come is an emoji', (t) => t.is(emojiOf('\u{1fc00}\ufe0f'), '\u{1fc00}'));
