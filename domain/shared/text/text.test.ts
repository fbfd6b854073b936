import test from 'ava';
import fc from 'fast-check';
import { bytesIn, charactersIn, refusalOfText } from './text.ts';

const rule = { maxCharacters: 5, blank: 'message-empty', tooLong: 'message-too-long', lines: 'many' } as const;
const anyUnits = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

test('counts the characters that iterating a text gives', (t) => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), anyUnits), (text) => t.is(charactersIn(text), Array.from(text).length)));
});

test('counts the bytes that writing a text as UTF-8 takes', (t) => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), anyUnits), (text) => t.is(bytesIn(text), Buffer.byteLength(text))));
});

test('a text at the limit is acceptable, counted in characters and not in code units', (t) => {
  t.is(refusalOfText('😀😀😀😀😀', rule), undefined);
  t.deepEqual(refusalOfText('😀😀😀😀😀a', rule), { outcome: 'refused', refusal: { code: 'message-too-long', facts: { length: 6, max: 5 } } });
});

test('a text of spaces is empty', (t) => {
  t.deepEqual(refusalOfText(' \n\t', rule), { outcome: 'refused', refusal: { code: 'message-empty' } });
});

test('an empty text is acceptable where the rule does not refuse it', (t) => {
  t.is(refusalOfText('', { maxCharacters: 5, tooLong: 'message-too-long', lines: 'many' }), undefined);
});

test('half a surrogate pair is refused', (t) => {
  for (const text of ['a\ud83d', '\ude00b', '\ude00\ud83d']) {
    t.deepEqual(refusalOfText(text, rule), { outcome: 'refused', refusal: { code: 'text-malformed' } });
  }
});
