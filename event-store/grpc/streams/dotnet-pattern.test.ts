import test from 'ava';
import fc from 'fast-check';
import { isEventStoreError } from '../../errors.ts';
import { compileNamePattern } from '../../read/name-pattern.ts';
import { translatePattern } from './dotnet-pattern.ts';

function matches(pattern: string, name: string): boolean {
  const translated = translatePattern(pattern);
  if (translated.outcome === 'unsupported') throw new Error(`${pattern}: ${translated.reason}`);
  return compileNamePattern(translated.pattern)(name);
}

const CASES: readonly (readonly [pattern: string, matching: readonly string[], other: readonly string[]])[] = [
  ['^[^\\$].*', ['room-1'], ['$users', '']],
  ['\\Aroom-\\d+\\z', ['room-12', 'room-١'], ['room-', 'a room-1', 'room-1\n']],
  ['\\Aroom\\Z', ['room', 'room\n'], ['rooms', 'room\n\n']],
  ['^room$', ['room', 'room\n'], ['rooms', 'room\n\n']],
  ['(?m)^room$', ['room', 'a\nroom\nb'], ['rooms']],
  ['(?m:^room$)|^x$', ['a\nroom\nb', 'x'], ['a\nx\nb']],
  ['(?i)ROOM', ['room'], ['rom']],
  ['(?i:A)b', ['ab', 'Ab'], ['AB']],
  ['(?i)a(?-i)b', ['Ab'], ['AB']],
  ['(?ix) a  b # a comment', ['AB'], ['a b']],
  ['a(?#a comment)b', ['ab'], ['a b']],
  ["(?<kind>room|user)-(?'id'\\d)", ['room-1', 'user-2'], ['chat-1']],
  ['^\\w+$', ['straße', 'a_1'], ['a-b']],
  ['^\\W$', ['-', '€'], ['ß']],
  ['^[\\w-]+$', ['größe-1'], ['a b']],
  ['^[\\W\\d]+$', ['-1-'], ['a']],
  ['^[\\s\\S]$', ['\n', 'a'], ['ab']],
  ['^[^\\s,]+$', ['a.b'], ['a b', 'a\u00a0b']],
  ['^[\\D]$', ['a'], ['1']],
  ['^[]a]+$', [']a'], ['b']],
  ['^[[:a]$', ['[', ':', 'a'], ['b']],
  ['^[a\\-z]$', ['-', 'z'], ['b']],
  ['^\\u00e4\\x41\\0\\e$', ['äA\0\x1b'], ['ä']],
  ['^\\p{Lu}\\P{Lu}$', ['Ab'], ['ab']],
  ['^a{2,3}?b{,2}$', ['aab{,2}', 'aaab{,2}'], ['ab{,2}']],
  ['\\.v1$', ['posted.v1'], ['postedxv1']],
  ['^(a+)+$', ['aaa'], ['aab']],
];

for (const [pattern, matching, other] of CASES) {
  test(`${pattern} matches as in .NET`, (t) => {
    for (const name of matching) t.true(matches(pattern, name), name);
    for (const name of other) t.false(matches(pattern, name), name);
  });
}

test('a pattern that RE2 can’t express is refused with the reason', (t) => {
  for (const pattern of [
    '(?=a)',
    '(?!\\$)',
    '(?<=a)b',
    '(?<!a)b',
    '(a)\\1',
    '\\k<a>',
    '(?>a)',
    '(?(a)b|c)',
    '(?<a-b>c)',
    '[a-z-[aeiou]]',
    '[^\\W]',
    '\\G',
    '\\Q',
    '[a',
  ]) {
    const translated = translatePattern(pattern);
    t.is(translated.outcome, 'unsupported', pattern);
    t.true(translated.outcome === 'unsupported' && translated.reason.length > 10, pattern);
  }
});

test('whatever a client sends, the pattern is translated or refused', (t) => {
  const tokens = fc.constantFrom(
    '\\',
    '[',
    ']',
    '(',
    ')',
    '?',
    '<',
    '>',
    "'",
    '^',
    '$',
    '-',
    '{2}',
    '|',
    '*',
    '+',
    'a',
    'W',
    'x',
    '#',
    ':',
    'i',
    '\\w',
    '\\S',
    '\n',
    'é',
    '😀',
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 20 }), (parts) => {
        const translated = translatePattern(parts.join(''));
        if (translated.outcome === 'unsupported') return;
        try {
          compileNamePattern(translated.pattern)('a');
        } catch (error) {
          t.true(isEventStoreError(error) && error.code === 'filter-invalid', parts.join(''));
        }
      }),
      { numRuns: 2_000 },
    ),
  );
});
