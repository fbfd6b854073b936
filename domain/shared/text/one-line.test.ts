import test from 'ava';
import fc from 'fast-check';
import { closeDirection, refusalOfLine, toOneLine } from './one-line.ts';

const BROKEN: Readonly<Record<string, readonly [text: string, character: string]>> = {
  'a line break': ['Bank\r\nsupport', 'U+000D'],
  'a line separator': ['Bank\u2028support', 'U+2028'],
  'a paragraph separator': ['Bank\u2029support', 'U+2029'],
  'a next line': ['Bank\u0085support', 'U+0085'],
  'a vertical tabulator': ['Bank\vsupport', 'U+000B'],
  NUL: ['Bank\0support', 'U+0000'],
  'an escape': ['Bank\u001b[2Jsupport', 'U+001B'],
  'a control of C1': ['Bank\u009b2Jsupport', 'U+009B'],
};

for (const [name, [text, character]] of Object.entries(BROKEN)) {
  test(`${name} is refused in one line, by name, and becomes a space where it is in the log already`, (t) => {
    t.deepEqual(refusalOfLine(text), { outcome: 'refused', refusal: { code: 'text-not-one-line', facts: { character } } });
    t.regex(toOneLine(text), /^Bank (\[2J|2J)?support$/);
    t.is(refusalOfLine(toOneLine(text)), undefined);
  });
}

const TURNED: Readonly<Record<string, readonly [text: string, character: string, mended: string]>> = {
  'an override': ['Eve \u202egnp.toidi', 'U+202E', 'Eve gnp.toidi'],
  'an override that is closed': ['Eve \u202egnp.toidi\u202c', 'U+202E', 'Eve gnp.toidi'],
  'an open embedding': ['\u202bEve', 'U+202B', '\u202bEve\u202c'],
  'an open isolate': ['\u2067Eve', 'U+2067', '\u2067Eve\u2069'],
  'an embedding that its isolate closes': ['\u2068a\u202bb\u2069', 'U+2068', '\u2068a\u202bb\u202c\u2069'],
  'an end of an isolate that never began': ['Eve\u2069', 'U+2069', 'Eve'],
  'an end of an embedding in an isolate in it': ['\u202aa\u2068b\u202cc\u2069\u202c', 'U+202A', '\u202aa\u2068bc\u2069\u202c'],
};

for (const [name, [text, character, mended]] of Object.entries(TURNED)) {
  test(`${name} is refused in one line, by name, and closed or left out where it is in the log already`, (t) => {
    t.deepEqual(refusalOfLine(text), { outcome: 'refused', refusal: { code: 'text-turns-direction', facts: { character } } });
    t.is(toOneLine(text), mended);
    t.is(refusalOfLine(mended), undefined);
  });
}

test('marks of direction, joiners and closed isolates are acceptable, and stay as they are', (t) => {
  for (const text of ['\u200fשלום', 'می\u200cخواهم', '👨‍👩‍👧', '\u2068Ann\u2069', '\u202aAnn\u202c', 'O’Brien – von der Höhe']) {
    t.is(refusalOfLine(text), undefined);
    t.is(toOneLine(text), text);
  }
});

test('whatever a text holds, in one line it breaks nothing and turns nothing behind it, and it is the same the second time', (t) => {
  const units = fc.constantFrom(
    'a',
    'ש',
    ' ',
    '\n',
    '\u2028',
    '\u001b',
    '\u202a',
    '\u202b',
    '\u202c',
    '\u202d',
    '\u202e',
    '\u2066',
    '\u2067',
    '\u2068',
    '\u2069',
  );
  fc.assert(
    fc.property(fc.array(units), (parts) => {
      const line = toOneLine(parts.join(''));
      t.is(refusalOfLine(line), undefined);
      t.is(toOneLine(line), line);
      t.is(closeDirection(line), line);
      t.is(line.replaceAll(/[^aש]/g, ''), parts.join('').replaceAll(/[^aש]/g, ''));
    }),
  );
});
